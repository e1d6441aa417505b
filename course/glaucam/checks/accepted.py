"""The set of right answers for one heatmap, and how near an answer must come to one of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch.nn import functional as F

from glaucam.checks.base import Mistake

TOLERANCE = 1e-3  # largest difference at any pixel, of maps in [0,1]


def scaled(L: torch.Tensor, min_max: bool = False) -> torch.Tensor:
    """Divide each map [N,h,w] by its own maximum, after taking off its minimum where asked."""
    low = L.amin(dim=(1, 2), keepdim=True) if min_max else torch.zeros_like(L[:, :1, :1])
    top = L.amax(dim=(1, 2), keepdim=True) - low
    return torch.where(top > 0, (L - low) / torch.where(top > 0, top, 1.0), 0.0)


def enlarged(
    L: torch.Tensor, size: tuple[int, int], mode: str = "bilinear", corners: bool = False
) -> torch.Tensor:
    """[N,h,w] → [N,H,W]."""
    options = {"align_corners": corners} if mode == "bilinear" else {}
    return F.interpolate(L[:, None], size=size, mode=mode, **options)[:, 0]


def accepted_heatmaps(raw: torch.Tensor, size: tuple[int, int]) -> list[torch.Tensor]:
    """Every right way from raw maps [N,h,w] to heatmaps [N,H,W].

    ReLU first, then enlarge bilinearly (either convention for the corners) and scale (by the
    maximum, or from minimum to maximum), in either order.
    """
    L = raw.clamp(min=0)
    ways = []
    for corners in (False, True):
        for min_max in (False, True):
            ways.append(enlarged(scaled(L, min_max), size, corners=corners))
            ways.append(scaled(enlarged(L, size, corners=corners), min_max))
    return ways


def distance(answer: np.ndarray, reference: torch.Tensor) -> float:
    """The largest difference at any pixel; infinite where the answer is not a number."""
    apart = np.abs(answer - reference.numpy())
    return float(apart.max()) if np.isfinite(apart).all() else float("inf")


def is_accepted(answer: np.ndarray, raw: torch.Tensor, size: tuple[int, int]) -> bool:
    """Whether the answer [N,H,W] is one of the right heatmaps of ``raw``."""
    return min(distance(answer, way) for way in accepted_heatmaps(raw, size)) <= TOLERANCE


def as_heatmaps(answer: Any, n: int, size: tuple[int, int]) -> np.ndarray:
    """A tensor or array of the shape [N,H,W] as float64, or the Mistake that its shape shows."""
    if isinstance(answer, torch.Tensor):
        answer = answer.detach().cpu().numpy()
    try:
        maps = np.asarray(answer, dtype=np.float64)
    except (TypeError, ValueError):
        raise Mistake(
            f"You returned a {type(answer).__name__}; expected a tensor or an array [N,H,W].",
            "Does every path through your function end in a return?",
        ) from None
    if maps.shape != (n, *size):
        raise _wrong_shape(maps.shape, n, size)
    return maps


def _wrong_shape(shape: tuple[int, ...], n: int, size: tuple[int, int]) -> Mistake:
    said = f"{n} images of {size[0]} × {size[1]} px gave the shape {list(shape)}; expected "
    said += f"{[n, *size]}. "
    if shape == (n, size[1], size[0]):
        why = "Width and height are swapped: images are [N,3,H,W], and square ones hide this."
        return Mistake(said + why, "F.interpolate takes size=(H, W).", "swapped-axes")
    if shape in (size, (1, *size)):
        why = "One map for the whole batch: with a single image in mind, [0] looks harmless."
        return Mistake(said + why, "Keep the batch axis from start to end.", "first-image-only")
    if shape == (n, 1, *size):
        why = "The channel axis that F.interpolate needs is still there."
        return Mistake(said + why, "Take it off again with [:, 0].", "extra-axis")
    if len(shape) == 3 and shape[0] == n and shape[1] < size[0]:
        why = "The map still has the layer's size: the coarse grid is what the network knows."
        return Mistake(said + why, "Enlarge it to images.shape[2:].", "not-upsampled")
    return Mistake(said.strip(), "Print the shape after each line of your function.")
