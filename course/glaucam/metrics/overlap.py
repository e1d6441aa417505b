"""IoU and Dice between a structure and the hottest pixels, taken by rank and not by threshold."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from glaucam.errors import InputError
from glaucam.metrics.base import Metric, as_heatmap_array, as_mask_array
from glaucam.registry import METRICS


def iou(heatmap: Any, mask: Any, fraction: float | None = None) -> float | None:
    """|hot ∩ mask| / |hot ∪ mask| with the hottest ``fraction`` of the pixels; both [H,W].

    ``fraction`` None takes as many pixels as the mask has (area-matched: a constant map then has
    a / (2 − a), a the mask's part of the area). Pixels that tie at the edge count by the part of
    them that is taken. None where the mask is empty or there is no heat.
    """
    counts = _counts(heatmap, mask, fraction)
    if counts is None:
        return None
    both, hot, inside = counts
    return both / (hot + inside - both)


def dice(heatmap: Any, mask: Any, fraction: float | None = None) -> float | None:
    """2 |hot ∩ mask| / (|hot| + |mask|); arguments, ties and None as in ``iou``."""
    counts = _counts(heatmap, mask, fraction)
    if counts is None:
        return None
    both, hot, inside = counts
    return 2 * both / (hot + inside)


def _counts(heatmap: Any, mask: Any, fraction: float | None) -> tuple[float, int, int] | None:
    """(|hot ∩ mask|, |hot|, |mask|) in pixels."""
    L = as_heatmap_array(heatmap)
    inside = as_mask_array(mask, L.shape)
    if fraction is not None and not 0 < fraction <= 1:
        raise InputError(f"fraction is {fraction}, expected a part of the pixels in (0,1]")
    if not inside.any() or L.max() == 0:
        return None
    hot = int(inside.sum()) if fraction is None else max(1, round(fraction * L.size))
    edge = np.partition(L, L.size - hot, axis=None)[L.size - hot]  # the coolest pixel taken
    above, tied = edge < L, edge == L
    part = (hot - above.sum()) / tied.sum()
    return float(inside[above].sum() + part * inside[tied].sum()), hot, int(inside.sum())


class Overlap(Metric):
    """A metric of the hottest ``fraction`` of the pixels, or of as many as the mask has."""

    paper = "exact-count top-k by rank; random expectation a / (2 − a) when area-matched"
    higher_is_better = True
    needs = ("mask",)
    chance = None
    fraction: ClassVar[float | None] = None


class IoU(Overlap):
    """Intersection over union."""

    def __call__(self, heatmap: Any, mask: Any) -> float | None:  # type: ignore[override]
        return iou(heatmap, mask, self.fraction)


class Dice(Overlap):
    """Twice the intersection over the sum."""

    def __call__(self, heatmap: Any, mask: Any) -> float | None:  # type: ignore[override]
        return dice(heatmap, mask, self.fraction)


@METRICS.register("iou_area_matched")
class IoUAreaMatched(IoU):
    """IoU of the structure and as many of the hottest pixels."""

    title = "IoU, area-matched"


@METRICS.register("iou_top_5")
class IoUTop5(IoU):
    """IoU of the structure and the hottest 5 % of the pixels."""

    title, fraction = "IoU at top 5 %", 0.05


@METRICS.register("iou_top_10")
class IoUTop10(IoU):
    """IoU of the structure and the hottest 10 % of the pixels."""

    title, fraction = "IoU at top 10 %", 0.10


@METRICS.register("iou_top_20")
class IoUTop20(IoU):
    """IoU of the structure and the hottest 20 % of the pixels."""

    title, fraction = "IoU at top 20 %", 0.20


@METRICS.register("dice_area_matched")
class DiceAreaMatched(Dice):
    """Dice of the structure and as many of the hottest pixels."""

    title = "Dice, area-matched"


@METRICS.register("dice_top_5")
class DiceTop5(Dice):
    """Dice of the structure and the hottest 5 % of the pixels."""

    title, fraction = "Dice at top 5 %", 0.05


@METRICS.register("dice_top_10")
class DiceTop10(Dice):
    """Dice of the structure and the hottest 10 % of the pixels."""

    title, fraction = "Dice at top 10 %", 0.10


@METRICS.register("dice_top_20")
class DiceTop20(Dice):
    """Dice of the structure and the hottest 20 % of the pixels."""

    title, fraction = "Dice at top 20 %", 0.20
