"""All figures of one evaluation, from labels and probabilities.

Two questions, two rules. ``accuracy``, ``recall`` and ``confusion`` call each eye its most probable
class. ``at_threshold`` and ``sensitivity_at_specificity`` call an eye glaucoma from a threshold on,
which was chosen on validation: never on the eyes it is judged by.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from glaucam.metrics.calibration import BINS, TOP, calibration_error, top_confidence
from glaucam.metrics.classification import (
    auprc,
    auroc,
    confusion,
    operating_point,
    recall_per_class,
    sensitivity_specificity,
)

SPECIFICITIES = (0.8, 0.85, 0.9, 0.95, 0.98)  # training stores a threshold for each


def report(
    y: np.ndarray,
    P: np.ndarray,
    classes: tuple[str, ...],
    threshold: float | None = None,
    specificity: float = 0.95,
) -> dict[str, Any]:
    """All figures for labels y [N] and probabilities P [N,K], as JSON values.

    ``n, classes, accuracy, recall, auroc, auprc, confusion`` (rows true, columns predicted),
    ``ece`` and, in ``calibration``, its bins and which confidence it judges, ``threshold``,
    ``specificity_asked``, ``sensitivity_at_specificity``, ``at_threshold``, and ``reasons``: for
    each figure that is null, why.
    """
    predicted = P.argmax(axis=1)
    figures: dict[str, Any] = {
        "n": len(y),
        "classes": list(classes),
        "n_per_class": np.bincount(y, minlength=len(classes)).tolist(),
        "accuracy": float((predicted == y).mean()),
        "recall": dict(zip(classes, recall_per_class(y, predicted, len(classes)), strict=True)),
        "auroc": auroc(y, P),
        "auprc": auprc(y, P),
        "confusion": confusion(y, predicted, len(classes)),
        "ece": calibration_error(*top_confidence(y, P)),
        "calibration": {"bins": BINS, "confidence": TOP},
        **_at_threshold(y, P, threshold, specificity),
    }
    figures["reasons"] = _reasons(figures, y, classes)
    return figures


def thresholds(y: np.ndarray, P: np.ndarray) -> dict[str, float]:
    """Asked specificity → threshold, on validation; empty unless there are two classes."""
    if P.shape[1] != 2 or not (y == 0).any():
        return {}
    return {f"{s:g}": operating_point(y, P[:, 1], s) for s in SPECIFICITIES}


def _at_threshold(
    y: np.ndarray, P: np.ndarray, threshold: float | None, specificity: float
) -> dict[str, Any]:
    figures: dict[str, Any] = {
        "threshold": threshold,
        "specificity_asked": specificity,
        "sensitivity_at_specificity": None,
        "at_threshold": None,
    }
    if threshold is not None and P.shape[1] == 2:
        called = (P[:, 1].astype(np.float64) >= threshold).astype(int)
        sensitivity, reached = sensitivity_specificity(y, P[:, 1], threshold)
        figures["sensitivity_at_specificity"] = sensitivity
        figures["at_threshold"] = {
            "accuracy": float((called == y).mean()),
            "sensitivity": sensitivity,
            "specificity": reached,
            "confusion": confusion(y, called, 2),
        }
    return figures


def _reasons(figures: dict[str, Any], y: np.ndarray, classes: tuple[str, ...]) -> dict[str, str]:
    reasons = {}
    absent = [name for k, name in enumerate(classes) if not (y == k).any()]
    if figures["auroc"] is None:
        reasons["auroc"] = reasons["auprc"] = f"no image of class {', '.join(absent)}"
    if len(classes) != 2:
        reasons["threshold"] = f"a threshold needs two classes, this model has {len(classes)}"
    elif figures["threshold"] is None:
        reasons["threshold"] = "none was chosen on validation data"
    elif figures["sensitivity_at_specificity"] is None:
        reasons["sensitivity_at_specificity"] = f"no image of class {classes[1]}"
    return reasons
