"""Thresholds at a fixed specificity: what is right, and what known mistakes give instead."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.metrics import roc_curve

Rule = Callable[[np.ndarray, np.ndarray, float], float]


@dataclass(frozen=True)
class Eyes:
    """Truth y [N] (0 normal, 1 glaucoma), p(glaucoma) [N], and the specificity asked for."""

    y: np.ndarray
    p: np.ndarray
    specificity: float


def reference(y: np.ndarray, p: np.ndarray, s: float) -> float:
    """The smallest value of p whose specificity is at least s, else a number above all."""
    for t in np.unique(p):
        if specificity(y, p, t) >= s - 1e-9:
            return float(t)
    return float(np.nextafter(p.max(), np.inf))


def specificity(y: np.ndarray, p: np.ndarray, t: float) -> float:
    """The part of the normal eyes with p < t."""
    return float((p[y == 0] < t).mean())


def sensitivity(y: np.ndarray, p: np.ndarray, t: float) -> float:
    return float((p[y == 1] >= t).mean())


def sorts_alike(a: float, b: float, p: np.ndarray) -> bool:
    """Whether two thresholds call the same eyes positive: then they are the same answer."""
    return bool(((p >= a) == (p >= b)).all())


def is_right(t: float, eyes: Eyes) -> bool:
    return sorts_alike(t, reference(eyes.y, eyes.p, eyes.specificity), eyes.p)


def _first(
    y: np.ndarray, p: np.ndarray, fine: Callable[[float], bool], values: Any = None
) -> float:
    """The smallest candidate that is fine, else a number above all."""
    candidates = np.unique(p if values is None else values)
    return next((float(t) for t in candidates if fine(t)), float("inf"))


def _above_is_positive(y: np.ndarray, p: np.ndarray, s: float) -> float:
    return _first(y, p, lambda t: (p[y == 0] <= t).mean() >= s - 1e-9)


def _more_than_asked(y: np.ndarray, p: np.ndarray, s: float) -> float:
    found = [t for t in np.unique(p) if specificity(y, p, t) > s]
    return float(found[0]) if found else float(np.nextafter(p.max(), np.inf))


def _sensitivity_instead(y: np.ndarray, p: np.ndarray, s: float) -> float:
    found = [t for t in np.unique(p) if sensitivity(y, p, t) >= s - 1e-9]
    return float(found[-1]) if found else float(p.min())


def _largest(y: np.ndarray, p: np.ndarray, s: float) -> float:
    return float(p.max())


def _closest(y: np.ndarray, p: np.ndarray, s: float) -> float:
    values = np.unique(p)
    return float(values[np.argmin([abs(specificity(y, p, t) - s) for t in values])])


def _youden(y: np.ndarray, p: np.ndarray, s: float) -> float:
    fpr, tpr, t = roc_curve(y, p)
    return float(t[np.argmax(tpr - fpr)])


def _roc_thinned(y: np.ndarray, p: np.ndarray, s: float) -> float:
    fpr, _, t = roc_curve(y, p)
    return float(t[np.flatnonzero(1 - fpr >= s - 1e-9)[-1]])


def _grid(n: int) -> Rule:
    def rule(y: np.ndarray, p: np.ndarray, s: float) -> float:
        return _first(y, p, lambda t: specificity(y, p, t) >= s - 1e-9, np.linspace(0, 1, n))

    return rule


def _positives_turned(y: np.ndarray, p: np.ndarray, s: float) -> float:
    return reference(1 - y, p, s)


def _of_normals_only(y: np.ndarray, p: np.ndarray, s: float) -> float:
    return _first(y, p, lambda t: specificity(y, p, t) >= s - 1e-9, p[y == 0])


def _none_reaches(y: np.ndarray, p: np.ndarray, s: float) -> float:
    """argmax over nothing but False is 0: the smallest threshold."""
    values = np.unique(p)
    return float(values[np.argmax([specificity(y, p, t) >= s - 1e-9 for t in values])])


def _rounded(digits: int) -> Rule:
    return lambda y, p, s: round(reference(y, p, s), digits)


def _counted_off(y: np.ndarray, p: np.ndarray, s: float) -> float:
    """Only int(s·n) of the n normal eyes are left below."""
    normal = p[y == 0]
    return _first(y, p, lambda t: (normal < t).sum() >= int(s * len(normal) + 1e-9))


def _unsorted(y: np.ndarray, p: np.ndarray, s: float) -> float:
    """The first eye in the order of the list whose p would do."""
    return next((float(t) for t in p if specificity(y, p, t) >= s - 1e-9), float(p[-1]))


MISTAKES: tuple[tuple[str, Rule], ...] = (
    ("above-not-at", _above_is_positive),
    ("more-than-asked", _more_than_asked),
    ("sensitivity-for-specificity", _sensitivity_instead),
    ("glaucoma-for-normal", _positives_turned),
    ("all-eyes-counted", lambda y, p, s: _first(y, p, lambda t: (p < t).mean() >= s - 1e-9)),
    ("all-eyes-counted", lambda y, p, s: float(np.quantile(p, s))),
    ("fixed-threshold", lambda y, p, s: 0.5),
    ("fixed-threshold", lambda y, p, s: s),
    ("fixed-threshold", lambda y, p, s: 1 - s),
    ("quantile-between", lambda y, p, s: float(np.quantile(p[y == 0], s))),
    ("quantile-between", lambda y, p, s: float(np.quantile(p[y == 0], s, method="higher"))),
    ("quantile-between", lambda y, p, s: float(np.quantile(p[y == 0], s, method="lower"))),
    ("glaucoma-for-normal", lambda y, p, s: float(np.quantile(p[y == 1], s))),
    ("sensitivity-for-specificity", lambda y, p, s: float(np.quantile(p[y == 1], 1 - s))),
    ("wrong-tail", lambda y, p, s: float(np.quantile(p[y == 0], 1 - s))),
    ("wrong-tail", lambda y, p, s: reference(y, p, 1 - s)),
    ("wrong-tail", lambda y, p, s: _first(y, p, lambda t: specificity(y, p, t) >= 1 - s)),
    *(("rounded-threshold", _rounded(digits)) for digits in (1, 2, 3)),
    ("not-the-smallest", _largest),
    ("closest-not-least", _closest),
    ("less-than-asked", _counted_off),
    ("youden", _youden),
    ("roc-thinned", _roc_thinned),
    ("of-normals-only", _of_normals_only),
    ("coarse-grid", _grid(101)),
    ("coarse-grid", _grid(100)),
    ("coarse-grid", _grid(1001)),
    ("coarse-grid", _grid(11)),
    ("none-reaches", _none_reaches),
    ("not-sorted", _unsorted),
    ("not-the-threshold", lambda y, p, s: specificity(y, p, reference(y, p, s))),
    ("not-the-threshold", lambda y, p, s: sensitivity(y, p, reference(y, p, s))),
    ("not-the-threshold", lambda y, p, s: float(np.argmax(np.unique(p) == reference(y, p, s)))),
)


def recognised(answers: Sequence[tuple[float, Eyes]]) -> str | None:
    """The first mistake that gives every answer, in value or in how it sorts the eyes."""
    for same in (_same_number, sorts_alike):
        for name, rule in MISTAKES:
            if all(same(t, rule(e.y, e.p, e.specificity), e.p) for t, e in answers):
                return name
    return None


def _same_number(a: float, b: float, p: np.ndarray) -> bool:
    return abs(a - b) <= 1e-9
