"""Read what a student's threshold or report returned, or say what is wrong with its kind."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from glaucam.checks.a2_misconceptions import known


def as_array(answer: Any) -> np.ndarray | None:
    """A tensor, array, list or number as float64; None where it is none of them."""
    if isinstance(answer, torch.Tensor):
        answer = answer.detach().cpu().numpy()
    try:
        return np.asarray(answer, dtype=np.float64)
    except (TypeError, ValueError):
        return None


def as_number(answer: Any) -> float:
    """One number; infinity is one."""
    array = as_array(answer)
    if array is None or array.size != 1 or np.isnan(array).any():
        raise known("not-a-number", f"A {type(answer).__name__} came back. ")
    return float(array.reshape(()))


def as_report(answer: Any) -> Any:
    if not hasattr(answer, "keys"):
        raise known("not-a-dict", f"A {type(answer).__name__} came back. ")
    return answer


def as_figure(report: Any, key: str) -> np.ndarray:
    """The figure of that name: a number, or the 2×2 table of counts."""
    keys = [str(k) for k in report.keys()]  # noqa: SIM118  (a pandas Series iterates over values)
    if key not in keys:
        raise known("key-missing", f"There is no {key!r} among the keys ({', '.join(keys)}). ")
    array = as_array(report[key])
    if array is None or not np.isfinite(array).all():
        raise known("not-a-figure", f"{key}: ")
    if key == "confusion" and array.shape != (2, 2):
        raise known("confusion-shape", f"An array of shape {list(array.shape)} came back. ")
    return array if key == "confusion" else array.reshape(-1)[0]
