"""Pointing game, IoU and Dice against closed forms and slow counts."""

import numpy as np
import pytest

from glaucam.errors import InputError
from glaucam.metrics import dice, iou, pointing_hit


@pytest.fixture
def mask():
    mask = np.zeros((40, 60), bool)
    mask[10:20, 20:40] = True  # 200 of 2400
    return mask


def peak(row, column, shape=(40, 60)):
    L = np.zeros(shape)
    L[row, column] = 1
    return L


@pytest.mark.parametrize(
    ("place", "hit"),
    [((15, 30), 1), ((34, 30), 1), ((35, 30), 0), ((15, 54), 1), ((15, 55), 0)],
)
def test_the_peak_may_miss_by_15_pixels(place, hit, mask):
    assert pointing_hit(peak(*place), mask) == hit


@pytest.mark.parametrize(("corner", "hit"), [((28, 51), 1), ((30, 50), 0)])
def test_at_a_corner_the_15_pixels_are_a_circle(corner, hit, mask):
    """From (19, 39): √(9² + 12²) = 15 is within, √(11² + 11²) = 15.6 is not."""
    assert pointing_hit(peak(*corner), mask) == hit


def test_ties_count_by_the_part_that_hits(mask):
    L = peak(15, 30) + peak(39, 0) + peak(38, 0) + peak(0, 0)
    assert pointing_hit(L, mask) == 0.25
    near = pointing_hit(np.ones(mask.shape), mask)
    distance = [
        min(np.hypot(i - r, j - c) for r in (10, 19) for c in (20, 39))
        if not (10 <= i < 20 or 20 <= j < 40)
        else max(10 - i, i - 19, 20 - j, j - 39, 0)
        for i in range(40)
        for j in range(60)
    ]
    assert near == pytest.approx(np.mean(np.array(distance) <= 15))


def test_an_empty_mask_is_no_miss_and_no_hit(mask):
    assert pointing_hit(peak(3, 3), np.zeros_like(mask)) is None
    assert iou(peak(3, 3), np.zeros_like(mask)) is None
    assert dice(peak(3, 3), np.zeros_like(mask)) is None


def test_heat_that_is_the_mask_overlaps_fully_when_area_matched(mask):
    assert iou(mask.astype(float), mask) == 1
    assert dice(mask.astype(float), mask) == 1
    assert iou((~mask).astype(float), mask) == 0


def test_constant_heat_overlaps_as_chance_does(mask):
    a = mask.mean()
    assert iou(np.ones(mask.shape), mask) == pytest.approx(a / (2 - a))
    assert dice(np.ones(mask.shape), mask) == pytest.approx(a)


@pytest.mark.parametrize("fraction", [0.05, 0.1, 0.2, 1.0])
def test_the_top_is_counted_exactly(fraction, mask):
    L = np.random.default_rng(3).random(mask.shape)
    hottest = sorted(range(L.size), key=lambda place: -L.flat[place])[: round(fraction * L.size)]
    both = sum(bool(mask.flat[place]) for place in hottest)
    union = len(hottest) + mask.sum() - both
    assert iou(L, mask, fraction) == pytest.approx(both / union)
    assert dice(L, mask, fraction) == pytest.approx(2 * both / (len(hottest) + mask.sum()))


def test_random_heat_comes_to_chance_on_average(mask):
    a, draws = mask.mean(), np.random.default_rng(0)
    mean = np.mean([iou(draws.random(mask.shape), mask) for _ in range(200)])
    assert mean == pytest.approx(a / (2 - a), rel=0.05)


@pytest.mark.parametrize("fraction", [0, -0.1, 1.1])
def test_a_fraction_that_is_none(fraction, mask):
    with pytest.raises(InputError, match=r"expected a part of the pixels in \(0,1\]"):
        iou(np.ones(mask.shape), mask, fraction)
