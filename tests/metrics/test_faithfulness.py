"""Deletion, insertion, average drop and increase against closed forms and slow loops."""

import numpy as np
import pytest
import torch
from torchvision.transforms.functional import gaussian_blur

from glaucam.errors import InputError
from glaucam.metrics import average_drop, deletion_auc, increase, insertion_auc

ONES = torch.ones(3, 12, 16)
RANDOM = np.random.default_rng(0).random((12, 16))


def mean(images):
    return images.mean(dim=(1, 2, 3))


@pytest.mark.parametrize("heatmap", [RANDOM, np.ones((12, 16))])
@pytest.mark.parametrize("step", [None, 1, 8, 192])
def test_the_mean_of_ones_is_deleted_along_a_straight_line(heatmap, step):
    assert deletion_auc(mean, ONES, heatmap, step) == pytest.approx(0.5)
    assert insertion_auc(mean, ONES, heatmap, step, "zero") == pytest.approx(0.5)


def test_a_constant_score_has_its_own_area():
    for auc in (deletion_auc, insertion_auc):
        assert auc(lambda x: torch.full((len(x),), 0.3), ONES, RANDOM) == pytest.approx(0.3)


def slow_auc(score, start, end, heatmap, step):
    """Pixel by pixel, then the trapezoid on a grid of equal steps."""
    places = sorted(range(heatmap.size), key=lambda place: -heatmap.flat[place])  # stable
    now, scores = start.clone().flatten(1), [float(score(start[None]))]
    for first in range(0, len(places), step):
        for place in places[first : first + step]:
            now[:, place] = end.flatten(1)[:, place]
        scores.append(float(score(now.view_as(start)[None])))
    return np.trapezoid(scores, dx=1 / (len(scores) - 1))


@pytest.mark.parametrize("step", [None, 7])
def test_against_a_slow_loop_with_ties(step):
    torch.manual_seed(0)
    image, W = torch.randn(3, 12, 16), torch.randn(3, 12, 16)
    heatmap = np.round(RANDOM, 1)

    def score(images):
        return torch.sigmoid((images * W).sum(dim=(1, 2, 3)) / 10)

    blurred = gaussian_blur(image, [11, 11], [5.0, 5.0])
    slow = slow_auc(score, image, image * 0, heatmap, step or 16)
    assert deletion_auc(score, image, heatmap, step) == pytest.approx(slow, rel=1e-5)
    slow = slow_auc(score, image, blurred, heatmap, step or 16)
    assert deletion_auc(score, image, heatmap, step, "blur") == pytest.approx(slow, rel=1e-5)
    slow = slow_auc(score, blurred, image, heatmap, step or 16)
    assert insertion_auc(score, image, heatmap, step) == pytest.approx(slow, rel=1e-5)


def test_a_map_that_ranks_well_deletes_faster_and_inserts_faster():
    weight = torch.zeros(1, 3, 12, 16)
    weight[..., 3:6, 4:9] = 1 / 45

    def score(images):
        return (images * weight).sum(dim=(1, 2, 3))

    good = weight[0, 0].numpy()
    bad = good.max() - good + 0.01
    assert deletion_auc(score, ONES, good, 1) < 0.05
    assert deletion_auc(score, ONES, bad, 1) > 0.9
    assert insertion_auc(score, ONES, good, 1, "zero") > 0.95


def test_the_image_and_the_heatmap_are_not_written_to():
    image, heatmap = ONES.clone(), RANDOM.copy()
    deletion_auc(mean, image, heatmap)
    assert torch.equal(image, ONES)
    assert np.array_equal(heatmap, RANDOM)


def test_half_of_the_light_loses_half_of_the_score():
    assert average_drop(mean, ONES, np.full((12, 16), 0.5)) == pytest.approx(50)
    assert average_drop(mean, ONES, np.ones((12, 16))) == 0
    assert increase(mean, ONES, np.full((12, 16), 0.5)) == 0


def test_less_light_can_raise_the_score():
    def dark(images):
        return 1 - mean(images) / 2

    assert increase(dark, ONES, np.full((12, 16), 0.5)) == 100
    assert average_drop(dark, ONES, np.full((12, 16), 0.5)) == 0


def test_a_score_of_zero_cannot_drop():
    assert average_drop(lambda x: torch.zeros(len(x)), ONES, RANDOM) is None
    assert increase(lambda x: torch.zeros(len(x)), ONES, RANDOM) == 0


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: deletion_auc(mean, ONES, RANDOM[:5]), r"image has shape \[3, 12, 16\], the heatm"),
        (lambda: average_drop(mean, ONES[0], RANDOM), r"image has shape \[12, 16\]"),
        (lambda: deletion_auc(mean, ONES, RANDOM, 0), "step is 0"),
        (lambda: deletion_auc(mean, ONES, RANDOM, substrate="noise"), "expected one of zero, blur"),
        (lambda: deletion_auc(lambda x: x, ONES, RANDOM), "return the probability of one class"),
        (lambda: insertion_auc(lambda x: mean(x) / 0, ONES, RANDOM), "finite numbers"),
    ],
)
def test_wrong_input_says_what_came(call, said):
    with pytest.raises(InputError, match=said) as caught:
        call()
    assert "\n" not in str(caught.value)
