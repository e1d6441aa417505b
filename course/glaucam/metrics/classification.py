"""How well probabilities separate classes, and the threshold a clinic would run at.

Positive means p ≥ threshold, everywhere. A figure that the data cannot give (one class only) is
None, never a guess.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import (
    average_precision_score,
    confusion_matrix,
    precision_recall_curve,
    roc_auc_score,
    roc_curve,
)

from glaucam.errors import InputError


def auroc(y: np.ndarray, P: np.ndarray) -> float | None:
    """Area under the ROC curve; y [N] class indices, P [N,K] probabilities.

    Two classes: class 1 against class 0. More: mean over classes of one against the rest.
    None unless every class occurs.
    """
    return _per_class(roc_auc_score, y, P)


def auprc(y: np.ndarray, P: np.ndarray) -> float | None:
    """Average precision, the area under the precision-recall curve; arguments as in ``auroc``."""
    return _per_class(average_precision_score, y, P)


def _per_class(score: Any, y: np.ndarray, P: np.ndarray) -> float | None:
    if len(np.unique(y)) < P.shape[1]:
        return None
    return float(np.mean([score(y == k, P[:, k]) for k in positives(P.shape[1])]))


def positives(n_classes: int) -> list[int]:
    """The classes that are set against the rest: class 1 of two, each of more."""
    return [1] if n_classes == 2 else list(range(n_classes))


def roc_points(y: np.ndarray, P: np.ndarray, classes: Sequence[str]) -> pd.DataFrame:
    """``class, threshold, false_positive_rate, sensitivity``: the ROC curve's corners.

    From the strictest threshold (infinite: nobody is called) on. A class that has no positive or
    no negative among y has no curve, and no rows.
    """
    pieces = []
    for k, truth in _told(y, P.shape[1]):
        wrong, found, threshold = roc_curve(truth, P[:, k])
        columns = {"threshold": threshold, "false_positive_rate": wrong, "sensitivity": found}
        pieces.append(pd.DataFrame({"class": classes[k], **columns}))
    return _joined(pieces, ["class", "threshold", "false_positive_rate", "sensitivity"])


def precision_recall_points(y: np.ndarray, P: np.ndarray, classes: Sequence[str]) -> pd.DataFrame:
    """``class, threshold, recall, precision``, from the lowest threshold on; as ``roc_points``."""
    pieces = []
    for k, truth in _told(y, P.shape[1]):
        precision, recall, threshold = precision_recall_curve(truth, P[:, k])
        columns = {"threshold": [*threshold, np.inf], "recall": recall, "precision": precision}
        pieces.append(pd.DataFrame({"class": classes[k], **columns}))
    return _joined(pieces, ["class", "threshold", "recall", "precision"])


def _told(y: np.ndarray, n_classes: int) -> list[tuple[int, np.ndarray]]:
    """(k, y is k) for the classes that have both positives and negatives."""
    truths = [(k, np.asarray(y) == k) for k in positives(n_classes)]
    return [(k, truth) for k, truth in truths if truth.any() and not truth.all()]


def _joined(pieces: list[pd.DataFrame], columns: list[str]) -> pd.DataFrame:
    return pd.concat(pieces, ignore_index=True) if pieces else pd.DataFrame(columns=columns)


def operating_point(
    y: Sequence[int] | np.ndarray, p: Sequence[float] | np.ndarray, specificity: float = 0.95
) -> float:
    """The smallest threshold whose specificity is at least ``specificity``.

    y: 0 normal, 1 glaucoma [N]; p: probability of glaucoma [N]. The threshold is one of the values
    of p; where even the highest would call too many normals, the next number above it.
    """
    labels, scores = np.asarray(y), np.asarray(p, dtype=np.float64)
    if labels.shape != scores.shape or labels.ndim != 1:
        raise InputError(
            f"labels have shape {list(labels.shape)}, probabilities {list(scores.shape)}: "
            "expected both [N]"
        )
    if not (labels == 0).any():
        raise InputError("no normal eye among the labels: a specificity needs some (class 0)")
    if not 0 <= specificity <= 1:
        raise InputError(
            f"specificity is {specificity}, expected a fraction in [0,1], such as 0.95"
        )
    candidates = np.unique(scores)
    negatives = np.sort(scores[labels == 0])
    reached = np.searchsorted(negatives, candidates) / len(negatives)  # part with p < candidate
    enough = candidates[reached >= specificity - 1e-12]
    if len(enough):
        return float(enough[0])
    # The next float32, since networks give float32 and a finer step would round back onto it.
    return float(np.nextafter(np.float32(candidates[-1]), np.float32(np.inf)))


def sensitivity_specificity(
    y: np.ndarray, p: np.ndarray, threshold: float
) -> tuple[float | None, float | None]:
    """Sensitivity and specificity at ``threshold``; None for the one whose class is absent."""
    y, positive = np.asarray(y), np.asarray(p, dtype=np.float64) >= threshold
    sensitivity = float(positive[y == 1].mean()) if (y == 1).any() else None
    specificity = float((~positive[y == 0]).mean()) if (y == 0).any() else None
    return sensitivity, specificity


def recall_per_class(y: np.ndarray, predicted: np.ndarray, n_classes: int) -> list[float | None]:
    """For each class, the part of its eyes that were called so; None for a class that is absent."""
    return [
        float((predicted[y == k] == k).mean()) if (y == k).any() else None for k in range(n_classes)
    ]


def confusion(y: np.ndarray, predicted: np.ndarray, n_classes: int) -> list[list[int]]:
    """Counts [K][K], row = true class, column = predicted class."""
    return confusion_matrix(y, predicted, labels=list(range(n_classes))).tolist()
