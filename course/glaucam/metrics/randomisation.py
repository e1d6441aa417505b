"""Randomisation: a map that hardly changes when the weights do cannot be about the network."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from glaucam.errors import InputError
from glaucam.metrics.base import Metric, as_heatmap_array
from glaucam.metrics.similarity import spearman, ssim
from glaucam.registry import METRICS

if TYPE_CHECKING:
    from torch import nn

HeatmapOf = Callable[["nn.Module"], Any]
"""A network → its maps [N,H,W] of the same images and class, signed or not."""


@dataclass(frozen=True)
class Change:
    """How alike each image's map still is once ``layer`` was drawn anew; lists of N.

    ``spearman``: of the signed values. ``spearman_absolute``: of their magnitudes. ``ssim``: of the
    magnitudes, divided by each map's largest. None where a constant map has no ranks.
    """

    layer: str
    spearman: list[float | None]
    spearman_absolute: list[float | None]
    ssim: list[float]


def changes_under_randomisation(
    model: nn.Module, heatmap_of: HeatmapOf, seed: int = 0, cascading: bool = True
) -> Iterator[Change]:
    """Draw the layers anew from the logits down, and compare the maps after each.

    ``cascading`` keeps the layers above random; otherwise each layer is random alone. Works on a
    copy; ``heatmap_of`` is asked once for ``model`` and once per layer. Adebayo et al. 2018.
    """
    first = _maps(heatmap_of(model))
    changed = model
    for name in layers_top_down(model):
        changed = randomised(changed if cascading else model, [name], seed)
        yield change(name, first, _maps(heatmap_of(changed)))


def layers_top_down(model: nn.Module) -> list[str]:
    """Dotted names of the modules that hold weights themselves, last registered first."""
    names = [name for name, m in model.named_modules() if any(True for _ in m.parameters(False))]
    if not names:
        raise InputError(f"{type(model).__name__} has no weights to draw anew")
    return names[::-1]


def randomised(model: nn.Module, layers: list[str] | None = None, seed: int = 0) -> nn.Module:
    """A copy of ``model`` whose ``layers`` (by default all) have fresh weights, by ``seed``."""
    import torch

    copied = copy.deepcopy(model)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        for name in layers_top_down(copied) if layers is None else layers:
            draw_anew(copied.get_submodule(name))
    return copied


def draw_anew(module: nn.Module) -> None:
    """The module's own start values where it knows them, else normal ones of the same spread."""
    import torch

    if callable(reset := getattr(module, "reset_parameters", None)):
        reset()
        return
    with torch.no_grad():
        for parameter in module.parameters(recurse=False):
            spread = float(parameter.std()) if parameter.numel() > 1 else 0.0
            parameter.normal_(0.0, spread or 0.02)


def change(layer: str, before: np.ndarray, after: np.ndarray) -> Change:
    """Compare maps [N,H,W] pair by pair."""
    pairs = list(zip(before, after, strict=True))
    return Change(
        layer,
        [spearman(a, b) for a, b in pairs],
        [spearman(abs(a), abs(b)) for a, b in pairs],
        [ssim(_scaled(abs(a)), _scaled(abs(b))) for a, b in pairs],
    )


def _scaled(magnitude: np.ndarray) -> np.ndarray:
    return magnitude / magnitude.max() if magnitude.max() > 0 else magnitude


def _maps(answer: Any) -> np.ndarray:
    if hasattr(answer, "detach"):
        answer = answer.detach().cpu().numpy()
    maps = np.asarray(answer, dtype=np.float64)
    if maps.ndim != 3 or not np.isfinite(maps).all():
        raise InputError(f"heatmap_of gave shape {list(maps.shape)}, expected finite maps [N,H,W]")
    return maps


@METRICS.register("randomisation")
class Randomisation(Metric):
    """Rank correlation of the heatmap with that of the same network with all weights drawn anew."""

    title = "Randomisation, Spearman"
    paper = "Adebayo et al. 2018, Sanity checks for saliency maps"
    higher_is_better = False
    needs = ("randomised",)
    chance = None

    def __call__(self, heatmap: Any, randomised: Any) -> float | None:  # type: ignore[override]
        return spearman(as_heatmap_array(heatmap), as_heatmap_array(randomised))
