"""Where the heat lies: its share in a structure, and that share against chance."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from glaucam.metrics.base import Metric, as_heatmap_array, as_mask_array
from glaucam.registry import METRICS


def energy_share(heatmap: Any, mask: Any) -> float | None:
    """Σ_mask L / Σ L, the part of the heat that lies in ``mask``; both [H,W].

    None where there is no heat at all (ΣL = 0). An empty mask holds no heat: 0.
    Energy-based pointing game, Wang et al. 2020 (Score-CAM), sec. 4.2.
    """
    L = as_heatmap_array(heatmap)
    inside = as_mask_array(mask, L.shape)
    total = L.sum()
    return float(L[inside].sum() / total) if total > 0 else None


def lift(heatmap: Any, mask: Any) -> float | None:
    """Share ÷ the mask's part of the area: 1 is chance, 6 is six times more heat than chance.

    None where there is no heat, or where the mask is empty: nothing can be compared with chance.
    """
    share = energy_share(heatmap, mask)
    L = as_heatmap_array(heatmap)
    area = as_mask_array(mask, L.shape).mean()
    return float(share / area) if share is not None and area > 0 else None


def mean_localisation(heatmaps: Iterable[Any], masks: Iterable[Any]) -> dict[str, Any]:
    """Mean share and lift over the ``n`` images with heat and a mask; None where n is 0."""
    pairs = [
        (energy_share(L, mask), lift(L, mask)) for L, mask in zip(heatmaps, masks, strict=True)
    ]
    told = [(share, times) for share, times in pairs if share is not None and times is not None]
    if not told:
        return {"n": 0, "share": None, "lift": None}
    share, times = (sum(column) / len(told) for column in zip(*told, strict=True))
    return {"n": len(told), "share": share, "lift": times}


@METRICS.register("energy_share")
class EnergyShare(Metric):
    """The share of heat in a structure."""

    title = "Energy share"
    paper = "Wang et al. 2020, Score-CAM; Arras et al. 2022, CLEVR-XAI"
    higher_is_better = True
    needs = ("mask",)
    chance = None  # the structure's part of the area

    def __call__(self, heatmap: Any, mask: Any) -> float | None:  # type: ignore[override]
        return energy_share(heatmap, mask)


@METRICS.register("lift")
class Lift(Metric):
    """The share of heat in a structure, as a multiple of what chance would put there."""

    title = "Lift"
    paper = "share ÷ area fraction; after Arras et al. 2022, CLEVR-XAI"
    higher_is_better = True
    needs = ("mask",)
    chance = 1.0

    def __call__(self, heatmap: Any, mask: Any) -> float | None:  # type: ignore[override]
        return lift(heatmap, mask)
