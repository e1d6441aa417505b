"""What the judge makes of what comes back: shapes, errors, colours."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib import colormaps

from autograder.jail.kernel import CellError
from autograder.judge.a3_gradcam.overlay_checks import painted, swapped
from autograder.judge.a3_gradcam.recognise import recogniser
from autograder.judge.a3_gradcam.returned import shaped
from autograder.judge.bench import Fault

RAMP = np.linspace(0, 1, 52)


@pytest.mark.parametrize(
    ("shape", "count", "habit"),
    [
        ((2, 8, 8), 2, ""),
        ((8, 8), 1, "batch-axis-lost"),
        ((2, 1, 8, 8), 2, "extra-axis"),
        ((2, 8, 8, 1), 2, "extra-axis"),
    ],
)
def test_an_axis_more_or_less_is_a_habit(shape: tuple[int, ...], count: int, habit: str) -> None:
    array, came = shaped(np.zeros(shape), count)
    assert array.shape == (count, 8, 8)
    assert came == habit


@pytest.mark.parametrize(
    ("shape", "count", "name"),
    [
        ((1, 8, 8), 3, "first-image-only"),
        ((8, 8), 3, "first-image-only"),
        ((2, 8, 8), 3, "wrong-shape"),
        ((0, 8, 8), 3, "wrong-shape"),
        ((3, 0, 8), 3, "wrong-shape"),
        ((), 1, "wrong-shape"),
        ((1, 2, 3, 4, 5), 1, "wrong-shape"),
    ],
)
def test_other_shapes_are_faults_that_say_what_came(
    shape: tuple[int, ...], count: int, name: str
) -> None:
    with pytest.raises(Fault) as caught:
        shaped(np.zeros(shape), count)
    assert caught.value.misconception == name
    assert str(shape[0] if shape else []) in caught.value.message


@pytest.mark.parametrize(
    ("message", "name"),
    [
        ("element 0 of tensors does not require grad and does not have a grad_fn", "no-gradient"),
        ("'NoneType' object has no attribute 'mean'", "gradient-is-none"),
        ("grad can be implicitly created only for scalar outputs", "needs-a-scalar"),
        ("Can't call numpy() on Tensor that requires grad. Use tensor.detach()", "needs-detach"),
        ("Output 0 of BackwardHookFunctionBackward is a view", "full-backward-hook-in-place"),
    ],
)
def test_well_known_errors_have_a_name(message: str, name: str) -> None:
    fault = recogniser(frozenset())(CellError("RuntimeError", message))
    assert fault.misconception == name


def test_other_errors_are_told_as_they_came() -> None:
    fault = recogniser(frozenset())(CellError("KeyError", "'layer5'", 3, "x['layer5']"))
    assert fault.misconception == "raises-keyerror"
    assert "line 3" in fault.message


def test_a_withheld_import_is_told_as_withheld() -> None:
    error = CellError("ModuleNotFoundError", "No module named 'glaucam.methods'")
    assert recogniser(frozenset({"glaucam.methods"}))(error).misconception == "withheld"


@pytest.mark.parametrize("name", ["jet", "turbo", "hot", "inferno", "viridis", "magma"])
def test_a_colormap_in_the_wrong_order_is_seen(name: str) -> None:
    colours = 255 * colormaps[name](RAMP)[:, :3]
    assert swapped(colours[:, ::-1])
    assert not swapped(colours)


def test_colours_of_ones_own_are_never_called_swapped() -> None:
    rng = np.random.default_rng(0)
    for _ in range(200):
        cold, hot = rng.uniform(0, 255, (2, 3))
        assert not swapped(cold + RAMP[:, None] * (hot - cold))


def test_opencvs_jet_is_known_both_ways() -> None:
    cv2 = pytest.importorskip("cv2")
    blue_first = cv2.applyColorMap(np.uint8(255 * RAMP)[None], cv2.COLORMAP_JET)[0].astype(float)
    assert swapped(blue_first)
    assert not swapped(blue_first[:, ::-1])


@pytest.mark.parametrize("shape", [(37, 52, 3), (37, 52, 4), (3, 37, 52)])
def test_pictures_are_read_whatever_their_axes(shape: tuple[int, ...]) -> None:
    assert painted(np.full(shape, 0.5)).shape == (37, 52, 3)
    assert painted(np.full(shape, 0.5)).max() == 127.5


def test_a_picture_of_another_size_is_a_fault() -> None:
    with pytest.raises(Fault, match=r"\[52, 37, 3\]"):
        painted(np.zeros((52, 37, 3)))
