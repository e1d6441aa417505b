"""Read the maps a student's code returned, and ask for them: shapes judged once, numbers finite."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.jail.kernel import CallResult
from autograder.judge.a3_gradcam.secret import Case
from autograder.judge.bench import Bench, Fault
from autograder.judge.check import Verdict, failed
from glaucam.checks.a3_misconceptions import MISCONCEPTIONS

if TYPE_CHECKING:
    from autograder.judge.a3_gradcam.own_formula import Followed

UNKNOWN = (
    "Your map differs from Grad-CAM here, in a way that matches no mistake we know. Compare with "
    "the "
    "small case worked by hand in the notebook."
)


def named(id: str) -> str:
    return str(MISCONCEPTIONS[id])


def mistaken(id: str, before: str = "") -> Verdict:
    return failed(f"{before}{named(id)}", id)


def wrong(formula: Followed | None) -> Verdict:
    """Failed, by a known mistake or an unknown one."""
    unknown = formula is None or formula.id == "unknown"
    return failed(UNKNOWN, "unknown") if unknown else mistaken(formula.id)


def shaped(array: np.ndarray | None, count: int) -> tuple[np.ndarray, str]:
    """A map stack [count,?,?] and the habit it came with: an axis too few or too many, or ""."""
    if array is None:
        raise Fault("No array came back.", "no-array")
    if array.ndim == 2 and count == 1 and array.size:
        return array[None], "batch-axis-lost"
    if array.ndim == 4 and 1 in (array.shape[1], array.shape[3]) and array.size:
        axis = 1 if array.shape[1] == 1 else 3
        array, habit = array.squeeze(axis), "extra-axis"
    else:
        habit = ""
    came = f"an array of shape {list(array.shape)}"
    if array.ndim == 2 and array.size:
        raise Fault(
            f"{came} came back for {count} images. {named('first-image-only')}", "first-image-only"
        )
    if array.ndim != 3 or array.size == 0:
        raise Fault(f"{came} came back, expected [N,H,W] with N = {count}.", "wrong-shape")
    if array.shape[0] != count:
        name = "first-image-only" if array.shape[0] == 1 else "wrong-shape"
        why = named(name) if name in MISCONCEPTIONS else ""
        raise Fault(f"{array.shape[0]} maps came back for {count} images. {why}", name)
    return array, habit


def heat(bench: Bench, result: CallResult, key: str, count: int) -> np.ndarray:
    """One returned map stack [count,?,?] of finite numbers, or a Fault that says what came.

    An axis too few or too many is a fault once; `gradcam.values` notes the habit it has charged.
    """
    array, habit = shaped(result.arrays.get(key), count)
    if habit and habit != bench.memory.get("habit"):
        raise Fault(f"{list(result.arrays[key].shape)} came back. {named(habit)}", habit)
    if not np.isfinite(array).all():
        raise Fault(
            f"Your map holds NaN or infinite values. {named('nan-on-flat-map')}", "nan-on-flat-map"
        )
    return array


def left_behind(seen: dict[str, Any]) -> list[str]:
    """The mistakes that show in what a probe saw of a network after the student's call."""
    kept = {
        "unfreezes-weights": seen.get("frozen") is True,
        "hooks-left-behind": seen.get("hooks") == 0,
        "removes-others-hooks": seen.get("others") is True,
    }
    return [name for name, fine in kept.items() if not fine]


def courtesies(seen: dict[str, Any]) -> str:
    """What a guest should leave as it was, told but not charged: many right answers call eval() or
    backward() and stop there.
    """
    kept = {
        "mode-not-restored": seen.get("flags") is True,
        "backward-fills-grad": seen.get("grad") is True,
    }
    told = " ".join(named(name) for name, fine in kept.items() if not fine)
    return f" This costs nothing here: {told}" if told else ""


def untouched(case: Case, result: CallResult) -> bool:
    """Whether weights and statistics are those the network was lent with."""
    return all(
        np.array_equal(result.arrays.get(f"state/{key.removeprefix('net/')}"), value)
        for key, value in case.weights.items()
    )


def one_map(bench: Bench, case: Case, **more: Any) -> np.ndarray:
    """The student's maps of a case, all images in one call."""
    rows = list(range(len(case.images)))
    result = bench.call("heatmaps", case.args(calls=[[rows, case.target]], **more), case.arrays)
    return heat(bench, result, "0", len(rows))
