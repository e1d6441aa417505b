"""What an error table is made from, and the right columns, written from the definitions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

CLASSES = ("normal", "glaucoma")
GROUPS = ("TP", "TN", "FP", "FN")
BANDS = ("low", "middle", "high")
HIGH, LOW = 0.9, 0.7
COLUMNS = (
    "image",
    "true",
    "predicted",
    "p_glaucoma",
    "confidence",
    "group",
    "band",
    "disc_share",
    "disc_lift",
)


@dataclass(frozen=True)
class Situation:
    """``names`` [N], ``y_true`` int [N], ``p`` float64 [N], ``heatmaps`` [N,H,W], ``masks`` bool
    [N,H,W], ``threshold``: the arguments of ``error_table``. ``title`` names it to the student.
    """

    title: str
    names: list[str]
    y_true: np.ndarray
    p: np.ndarray
    heatmaps: np.ndarray
    masks: np.ndarray
    threshold: float

    @property
    def arguments(self) -> tuple[Any, ...]:
        """Copies, in the order of the signature: a student's function may write into them."""
        arrays = (self.y_true, self.p, self.heatmaps, self.masks)
        return (list(self.names), *(array.copy() for array in arrays), self.threshold)

    @cached_property
    def called(self) -> np.ndarray:
        """bool [N]: predicted glaucoma, p ≥ threshold."""
        return self.p >= self.threshold

    @cached_property
    def confidence(self) -> np.ndarray:
        return confidence_of(self.called, self.p)

    @cached_property
    def heat(self) -> np.ndarray:
        """float64 [N]: all the heat of each map."""
        return self.heatmaps.sum(axis=(1, 2), dtype=np.float64)

    @cached_property
    def area(self) -> np.ndarray:
        """[N]: the disc's part of each image."""
        return self.masks.mean(axis=(1, 2))

    @cached_property
    def share(self) -> np.ndarray:
        """[N]: Σ heat inside ÷ Σ heat, NaN where there is none."""
        inside = (self.heatmaps * self.masks).sum(axis=(1, 2), dtype=np.float64)
        return divided(inside, self.heat)

    @cached_property
    def lift(self) -> np.ndarray:
        return self.share / self.area

    @cached_property
    def table(self) -> pd.DataFrame:
        """The right error table."""
        columns: dict[str, Any] = {
            "image": self.names,
            "true": class_names(self.y_true == 1),
            "predicted": class_names(self.called),
            "p_glaucoma": self.p,
            "confidence": self.confidence,
            "group": groups_of(self.y_true == 1, self.called),
            "band": bands_of(self.confidence),
            "disc_share": self.share,
            "disc_lift": self.lift,
        }
        return pd.DataFrame(columns)

    def drawn(self, rows: np.ndarray, title: str) -> Situation:
        """Some of the images, in that order."""
        y, p, H, M = (a[rows] for a in (self.y_true, self.p, self.heatmaps, self.masks))
        return Situation(title, [self.names[i] for i in rows], y, p, H, M, self.threshold)


def divided(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """a ÷ b, NaN where b is 0."""
    return np.divide(a, b, out=np.full(len(a), np.nan), where=b > 0)


def class_names(glaucoma: np.ndarray) -> list[str]:
    return [CLASSES[int(yes)] for yes in glaucoma]


def groups_of(truth: np.ndarray, called: np.ndarray) -> list[str]:
    """TP, TN, FP or FN for each image, glaucoma positive."""
    pairs = zip(truth, called, strict=True)
    return [("T" if t == c else "F") + ("P" if c else "N") for t, c in pairs]


def confidence_of(called: np.ndarray, p: np.ndarray) -> np.ndarray:
    """The probability of the predicted class."""
    return np.where(called, p, 1 - p)


def bands_of(confidence: np.ndarray) -> list[str]:
    return [band_of(c) for c in confidence]


def band_of(confidence: float, above: Callable[[float, float], bool] = np.greater_equal) -> str:
    """high, middle or low; ``above`` says what happens at the edges."""
    return "high" if above(confidence, HIGH) else "middle" if above(confidence, LOW) else "low"
