"""The overlay is the formula, and nothing is stretched."""

import numpy as np
import pytest
import torch
from matplotlib import colormaps

from glaucam.errors import InputError, UnknownName
from glaucam.plots import COLORMAPS, overlay

RNG = np.random.default_rng(0)
IMAGE = RNG.integers(0, 256, (12, 16, 3), dtype=np.uint8)
HEAT = RNG.random((12, 16), dtype=np.float32)


@pytest.mark.parametrize("colormap", COLORMAPS)
@pytest.mark.parametrize("alpha", [0.0, 0.3, 1.0])
def test_it_is_the_weighted_mean_of_image_and_colours(colormap, alpha):
    expected = np.empty(IMAGE.shape)
    for i in range(12):
        for j in range(16):
            colour = 255 * np.array(colormaps[colormap](HEAT[i, j])[:3])
            expected[i, j] = (1 - alpha) * IMAGE[i, j] + alpha * colour
    got = overlay(IMAGE, HEAT, alpha, colormap)
    assert got.dtype == np.uint8
    assert np.abs(got - expected).max() <= 0.5 + 1e-6


def test_heat_is_not_stretched_for_display():
    faint = np.full((12, 16), 0.2, np.float32)
    faint[0, 0] = 0.25
    colour = np.rint(255 * np.array(colormaps["viridis"](0.25)[:3]))
    np.testing.assert_array_equal(overlay(IMAGE, faint, 1.0)[0, 0], colour)


def test_a_smaller_map_is_enlarged_and_a_tensor_is_taken():
    small = torch.zeros(3, 4)
    small[1, 2] = 1
    got = overlay(np.zeros_like(IMAGE), small, 1.0, "gray")
    assert got.shape == IMAGE.shape
    row, column = np.unravel_index(got[..., 0].argmax(), got.shape[:2])
    assert (row // 4, column // 4) == (1, 2)


def test_inputs_are_left_alone():
    image, heat = IMAGE.copy(), HEAT.copy()
    overlay(image, heat)
    np.testing.assert_array_equal(image, IMAGE)
    np.testing.assert_array_equal(heat, HEAT)


@pytest.mark.parametrize(
    ("image", "heat", "alpha", "said"),
    [
        (IMAGE / 255, HEAT, 0.5, "expected uint8"),
        (IMAGE[..., 0], HEAT, 0.5, r"\[12, 16\]"),
        (IMAGE, HEAT * 3, 0.5, "raw map"),
        (IMAGE, HEAT * np.nan, 0.5, "NaN"),
        (IMAGE, HEAT[None], 0.5, r"expected \[H,W\]"),
        (IMAGE, HEAT, 50, "alpha is 50"),
    ],
)
def test_what_cannot_be_laid_over_is_refused(image, heat, alpha, said):
    with pytest.raises(InputError, match=said):
        overlay(image, heat, alpha)


def test_an_unknown_colormap_names_the_nearest():
    with pytest.raises(UnknownName, match="did you mean 'viridis'"):
        overlay(IMAGE, HEAT, 0.5, "virids")
