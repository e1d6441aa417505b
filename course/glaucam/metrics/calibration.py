"""Whether a model's probabilities can be taken at their word: of eyes called with .8, are .8 right?

Everything here takes a confidence and whether the answer was right, so the caller says which
confidence is meant: the probability of the predicted class (``top_confidence``), or p(glaucoma)
against "is glaucoma".
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from glaucam.errors import InputError

BINS = 15
TOP = "probability of the most probable class"  # the confidence that a report means


def top_confidence(y: np.ndarray, P: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(confidence [N], right [N] bool) for labels y [N], P [N,K]: the most probable class's."""
    return P.max(axis=1).astype(np.float64), P.argmax(axis=1) == np.asarray(y)


def reliability(confidence: Any, right: Any, bins: int = BINS) -> pd.DataFrame:
    """One row per bin: ``lower, upper, n, confidence, accuracy`` (means; NaN where n is 0).

    confidence [N] in [0,1], right [N] bool. Bins are of equal width, (lower, upper], the first
    with 0 in it. Raises InputError for other values. Guo et al. 2017, On calibration, sec. 2.
    """
    c, r = _checked(confidence, right, bins)
    edges = np.linspace(0, 1, bins + 1)
    which = np.searchsorted(edges[1:-1], c, side="left")
    n = np.bincount(which, minlength=bins)
    with np.errstate(invalid="ignore"):
        means = [np.bincount(which, weights=w, minlength=bins) / n for w in (c, r)]
    columns = {"lower": edges[:-1], "upper": edges[1:], "n": n}
    return pd.DataFrame({**columns, "confidence": means[0], "accuracy": means[1]})


def calibration_error(confidence: Any, right: Any, bins: int = BINS) -> float:
    """ECE = Σ_m n_m/N · |accuracy_m − confidence_m|, in [0,1]; arguments as in ``reliability``."""
    rows = reliability(confidence, right, bins)
    gaps = (rows.accuracy - rows.confidence).abs().fillna(0)
    return float((gaps * rows.n).sum() / rows.n.sum())


def _checked(confidence: Any, right: Any, bins: int) -> tuple[np.ndarray, np.ndarray]:
    c, r = np.asarray(confidence, np.float64), np.asarray(right, np.float64)
    if c.shape != r.shape or c.ndim != 1 or not len(c):
        raise InputError(
            f"confidence has shape {list(c.shape)}, right {list(r.shape)}: expected both [N], N > 0"
        )
    if not ((c >= 0) & (c <= 1)).all():
        raise InputError("confidence leaves [0,1] or holds NaN: expected probabilities, no logits")
    if bins < 1:
        raise InputError(f"{bins} bins; expected 1 or more, such as {BINS}")
    return c, r
