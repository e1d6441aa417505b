"""The controls: maps that know nothing of a model."""

import numpy as np
import pytest

from glaucam.metrics import CONTROLS, lift

IMAGE = np.random.default_rng(0).integers(0, 256, (40, 60, 3), dtype=np.uint8)


@pytest.mark.parametrize("name", CONTROLS)
def test_a_control_is_a_map_in_0_1_and_the_same_each_time(name):
    L = CONTROLS[name](IMAGE, 3)
    assert L.shape == (40, 60)
    assert L.dtype == np.float32
    assert L.min() >= 0
    assert L.max() <= 1
    assert L.max() > 0
    np.testing.assert_array_equal(L, CONTROLS[name](IMAGE, 3))


def test_the_four_of_the_contract():
    assert list(CONTROLS) == ["random", "constant", "centre_gaussian", "sobel"]


def test_random_differs_by_seed_and_has_no_lift():
    assert not np.array_equal(CONTROLS["random"](IMAGE, 0), CONTROLS["random"](IMAGE, 1))
    mask = np.zeros((40, 60), bool)
    mask[10:30, 10:40] = True
    lifts = [lift(CONTROLS["random"](IMAGE, seed), mask) for seed in range(30)]
    assert np.mean(lifts) == pytest.approx(1, abs=0.02)


def test_the_centre_gaussian_is_symmetric_and_falls_by_its_sigma():
    L = CONTROLS["centre_gaussian"](np.zeros((41, 81, 3), np.uint8), 0)
    assert L[20, 40] == 1
    np.testing.assert_allclose(L, L[::-1, ::-1])
    np.testing.assert_allclose(L[20, 40 + 20], np.exp(-((20 / (81 / 4)) ** 2) / 2), rtol=1e-5)


def test_sobel_lies_on_the_edge_and_is_zero_without_one():
    image = np.zeros((20, 20, 3), np.uint8)
    image[:, 10:] = 200
    L = CONTROLS["sobel"](image, 0)
    assert L[:, 9:11].min() == 1
    assert L[:, :8].max() == 0
    assert CONTROLS["sobel"](np.full_like(image, 7), 0).max() == 0
