"""Share and lift against their closed forms."""

import numpy as np
import pytest
import torch

from glaucam.errors import InputError
from glaucam.metrics import energy_share, lift, mean_localisation


@pytest.fixture
def mask():
    mask = np.zeros((10, 20), bool)
    mask[2:6, 5:15] = True  # 40 of 200 pixels
    return mask


def test_heat_that_is_the_mask_has_share_1_and_the_highest_lift(mask):
    assert energy_share(mask.astype(float), mask) == 1
    assert lift(mask.astype(float), mask) == pytest.approx(200 / 40)


def test_constant_heat_has_the_areas_share_and_lift_1(mask):
    L = np.full(mask.shape, 0.3)
    assert energy_share(L, mask) == pytest.approx(40 / 200)
    assert lift(L, mask) == pytest.approx(1)


def test_heat_outside_has_share_0(mask):
    assert energy_share((~mask).astype(float), mask) == 0
    assert lift((~mask).astype(float), mask) == 0


def test_a_worked_case():
    L = np.array([[1.0, 0.5], [0.25, 0.25]])
    mask = np.array([[False, True], [False, False]])
    assert energy_share(L, mask) == 0.25
    assert lift(L, mask) == 1.0


def test_no_heat_is_undefined(mask):
    assert energy_share(np.zeros(mask.shape), mask) is None
    assert lift(np.zeros(mask.shape), mask) is None


def test_an_empty_mask_holds_no_heat_and_has_no_chance_to_compare_with():
    L, empty = np.ones((4, 4)), np.zeros((4, 4), bool)
    assert energy_share(L, empty) == 0
    assert lift(L, empty) is None


def test_scale_does_not_matter_and_tensors_are_taken(mask):
    L = torch.rand(10, 20, generator=torch.Generator().manual_seed(0))
    assert energy_share(L * 0.01, torch.from_numpy(mask)) == pytest.approx(energy_share(L, mask))


@pytest.mark.parametrize(
    ("L", "said"),
    [
        (np.ones((1, 4, 4)), r"\[1, 4, 4\], expected \[H,W\]"),
        (-np.ones((4, 4)), "negative"),
        (np.full((4, 4), np.nan), "NaN"),
        (np.ones((5, 4)), "frame_mask"),
    ],
)
def test_what_is_no_heatmap_is_refused(L, said):
    with pytest.raises(InputError, match=said):
        energy_share(L, np.ones((4, 4), bool))


def test_the_mean_leaves_out_what_is_undefined(mask):
    maps = [mask.astype(float), np.zeros(mask.shape), np.ones(mask.shape)]
    found = mean_localisation(maps, [mask] * 3)
    assert found["n"] == 2
    assert found["lift"] == pytest.approx((5 + 1) / 2)
    assert mean_localisation(maps[1:2], [mask]) == {"n": 0, "share": None, "lift": None}
