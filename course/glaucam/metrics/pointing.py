"""Pointing game: whether the hottest place lies in the structure, or near it."""

from __future__ import annotations

from typing import Any

from scipy import ndimage

from glaucam.metrics.base import Metric, as_heatmap_array, as_mask_array
from glaucam.registry import METRICS

TOLERANCE = 15  # px, whatever the image's size


def pointing_hit(heatmap: Any, mask: Any, tolerance: float = TOLERANCE) -> float | None:
    """1 if the maximum of the heatmap [H,W] lies within ``tolerance`` px of the mask [H,W], else 0.

    Where several places share the maximum: the part of them that hits. None where the mask is
    empty or there is no heat at all. Zhang et al. 2016 (Excitation backprop), sec. 4.1.
    """
    L = as_heatmap_array(heatmap)
    inside = as_mask_array(mask, L.shape)
    if not inside.any() or L.max() == 0:
        return None
    near = ndimage.distance_transform_edt(~inside) <= tolerance
    return float(near[L.max() == L].mean())


@METRICS.register("pointing_game")
class PointingGame(Metric):
    """The part of images whose hottest place lies in the structure or within 15 px of it."""

    title = "Pointing game"
    paper = "Zhang et al. 2016, Top-down neural attention by excitation backprop"
    higher_is_better = True
    needs = ("mask",)
    chance = None  # the area of the mask with its 15 px around it

    def __call__(self, heatmap: Any, mask: Any) -> float | None:  # type: ignore[override]
        return pointing_hit(heatmap, mask)
