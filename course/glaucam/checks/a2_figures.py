"""The figures of a report: the accepted numbers, and what known mistakes give instead."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import rankdata
from sklearn.metrics import auc, average_precision_score, precision_recall_curve, roc_auc_score

KEYS = ("auroc", "auprc", "sensitivity", "specificity", "confusion")
TOLERANCE = 6e-4  # three digits are enough; two are not


@dataclass(frozen=True)
class Eyes:
    """Truth y [N], p(glaucoma) [N], and the threshold to report at."""

    y: np.ndarray
    p: np.ndarray
    threshold: float

    def called(self, at: bool = True, threshold: float | None = None) -> np.ndarray:
        """Which eyes are called glaucoma; ``at``: those exactly at the threshold too."""
        t = self.threshold if threshold is None else threshold
        return self.p >= t if at else self.p > t


Figure = Callable[[Eyes], object]


def counts(y: np.ndarray, called: np.ndarray) -> np.ndarray:
    """[[TN, FP], [FN, TP]]: row = truth, column = call."""
    return np.array([[((y == i) & (called == j)).sum() for j in (0, 1)] for i in (0, 1)])


def rate(kind: str, y: np.ndarray, called: np.ndarray) -> float:
    (tn, fp), (fn, tp) = counts(y, called).tolist()
    part, whole = {
        "sensitivity": (tp, tp + fn),
        "specificity": (tn, tn + fp),
        "precision": (tp, tp + fp),
        "npv": (tn, tn + fn),
        "false alarms": (fp, tn + fp),
        "misses": (fn, tp + fn),
        "accuracy": (tp + tn, len(y)),
        "share": (tp, len(y)),
        "share of normals": (tn, len(y)),
    }[kind]
    return part / whole if whole else float("nan")


def at(kind: str, **how: object) -> Figure:
    return lambda e: rate(kind, e.y, e.called(**how))  # type: ignore[arg-type]


def _trapezoid(e: Eyes) -> float:
    precision, recall, _ = precision_recall_curve(e.y, e.p)
    return float(auc(recall, precision))


ACCEPTED: dict[str, tuple[Figure, ...]] = {
    "auroc": (lambda e: roc_auc_score(e.y, e.p),),
    "auprc": (lambda e: average_precision_score(e.y, e.p), _trapezoid),
    "sensitivity": (at("sensitivity"),),
    "specificity": (at("specificity"),),
    "confusion": (lambda e: counts(e.y, e.called()),),
}


def percent(figure: Figure) -> Figure:
    return lambda e: 100 * np.asarray(figure(e), float)


def rounded(figure: Figure, digits: int) -> Figure:
    return lambda e: np.round(np.asarray(figure(e), float), digits)


def pairs_won(eyes: Eyes, won: Callable[..., np.ndarray]) -> float:
    """The part of the pairs (ill, healthy) that is in order, where a tie is won or lost."""
    return float(won(eyes.p[eyes.y == 1][:, None], eyes.p[eyes.y == 0][None]).mean())


def by_position(eyes: Eyes) -> float:
    """The AUROC where equal values are ranked as they stand in the list."""
    ill = eyes.y == 1
    ranks = rankdata(eyes.p, method="ordinal")[ill]
    return float((ranks.mean() - (ill.sum() + 1) / 2) / (~ill).sum())


def _confusion(change: Callable[[np.ndarray], np.ndarray], **how: object) -> Figure:
    return lambda e: change(counts(e.y, e.called(**how)).astype(float))  # type: ignore[arg-type]


MISTAKES: dict[str, tuple[tuple[str, Figure], ...]] = {
    "auroc": (
        ("ranked-by-calls", lambda e: roc_auc_score(e.y, e.called())),
        ("ranked-by-calls", lambda e: roc_auc_score(e.y, e.called(threshold=0.5))),
        ("wrong-way-round", lambda e: roc_auc_score(e.y, -e.p)),
        ("wrong-figure", lambda e: average_precision_score(e.y, e.p)),
        ("wrong-figure", _trapezoid),
        ("ties-misjudged", lambda e: pairs_won(e, np.greater)),
        ("ties-misjudged", lambda e: pairs_won(e, np.greater_equal)),
        ("ties-misjudged", by_position),
        ("ties-misjudged", lambda e: by_position(Eyes(e.y[::-1], e.p[::-1], e.threshold))),
        ("wrong-figure", at("accuracy")),
    ),
    "auprc": (
        ("ranked-by-calls", lambda e: average_precision_score(e.y, e.called())),
        ("ranked-by-calls", lambda e: average_precision_score(e.y, e.called(threshold=0.5))),
        ("wrong-way-round", lambda e: average_precision_score(1 - e.y, -e.p)),
        ("wrong-way-round", lambda e: average_precision_score(1 - e.y, e.p)),
        ("wrong-way-round", lambda e: average_precision_score(e.y, -e.p)),
        ("wrong-figure", lambda e: roc_auc_score(e.y, e.p)),
        ("wrong-figure", at("precision")),
    ),
    "sensitivity": (
        ("threshold-ignored", at("sensitivity", threshold=0.5)),
        ("above-not-at", at("sensitivity", at=False)),
        ("rates-exchanged", at("specificity")),
        ("precision-for-sensitivity", at("precision")),
        ("complement", at("misses")),
        ("wrong-denominator", at("share")),
        ("wrong-figure", at("accuracy")),
    ),
    "specificity": (
        ("threshold-ignored", at("specificity", threshold=0.5)),
        ("above-not-at", at("specificity", at=False)),
        ("rates-exchanged", at("sensitivity")),
        ("precision-for-sensitivity", at("npv")),
        ("precision-for-sensitivity", at("precision")),
        ("complement", at("false alarms")),
        ("wrong-denominator", at("share of normals")),
        ("wrong-figure", at("accuracy")),
    ),
    "confusion": (
        ("confusion-transposed", _confusion(np.transpose)),
        ("threshold-ignored", _confusion(np.copy, threshold=0.5)),
        ("above-not-at", _confusion(np.copy, at=False)),
        ("confusion-order", _confusion(lambda m: m[::-1, ::-1])),
        ("confusion-order", _confusion(lambda m: m[::-1, ::-1].T)),
        ("confusion-order", _confusion(lambda m: m[::-1])),
        ("confusion-order", _confusion(lambda m: m[:, ::-1])),
        ("confusion-normalised", _confusion(lambda m: m / np.maximum(m.sum(1, keepdims=True), 1))),
        ("confusion-normalised", _confusion(lambda m: m / np.maximum(m.sum(0, keepdims=True), 1))),
        ("confusion-normalised", _confusion(lambda m: m / m.sum())),
    ),
}


def near(came: object, expected: object) -> bool:
    a, b = np.asarray(came, float), np.asarray(expected, float)
    return a.shape == b.shape and bool(np.abs(a - b).max() <= TOLERANCE)


def is_right(key: str, answers: Sequence[tuple[object, Eyes]]) -> bool:
    """Whether one accepted figure gives the number that came for every set of eyes."""
    return any(all(near(came, f(e)) for came, e in answers) for f in ACCEPTED[key])


def recognised(key: str, answers: Sequence[tuple[object, Eyes]]) -> str | None:
    """The first known mistake that gives every number that came, or None."""
    known = list(MISTAKES[key])
    for right in ACCEPTED[key]:
        known += [("percent", percent(right)), ("rounded", rounded(right, 2))]
        known += [("rounded", rounded(right, 1)), ("rounded", rounded(right, 0))]
        known.append(("percent", rounded(percent(right), 0)))
    known += [("percent", percent(figure)) for _, figure in MISTAKES[key]]
    for name, figure in known:
        if all(near(came, figure(e)) for came, e in answers):
            return name
    return None
