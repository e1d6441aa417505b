"""What every heatmap metric says of itself."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from glaucam.errors import InputError


class Metric:
    """A metric: subclass, register, and write ``__call__(heatmap, …)``: a number, or None where
    there is nothing to measure. It takes by name what ``needs`` lists.

    ``mask``: bool [H,W]. ``image``: float tensor [3,H,W], as the network is given it.
    ``predict``: a callable, images [M,3,H,W] → probabilities [M] of the class explained.
    ``randomised``: the heatmap [H,W] of the same image and class after the network's weights were
    drawn anew.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    paper: ClassVar[str]
    higher_is_better: ClassVar[bool]
    needs: ClassVar[tuple[str, ...]]
    needs_mask: ClassVar[bool]  # whether "mask" is among them
    chance: ClassVar[float | None]  # what a map without information scores; None if it depends

    def __init_subclass__(cls) -> None:
        cls.needs_mask = "mask" in getattr(cls, "needs", ())

    def __call__(self, heatmap: Any, **needed: Any) -> float | None:
        raise NotImplementedError


def as_heatmap_array(heatmap: Any) -> np.ndarray:
    """A heatmap, tensor or array, as float64 [H,W]; InputError if it is no finite map ≥ 0."""
    if hasattr(heatmap, "detach"):
        heatmap = heatmap.detach().cpu().numpy()
    L = np.asarray(heatmap, dtype=np.float64)
    if L.ndim != 2 or L.size == 0:
        raise InputError(
            f"heatmap has shape {list(L.shape)}, expected [H,W]: take one of the batch"
        )
    if not np.isfinite(L).all() or L.min() < 0:
        raise InputError(
            "heatmap holds negative, NaN or infinite values, expected [0,1]: "
            "pass Heatmap.values, not the raw map"
        )
    return L


def as_mask_array(mask: Any, shape: tuple[int, ...]) -> np.ndarray:
    """A mask, tensor or array, as bool ``shape``; InputError if it has another shape."""
    if hasattr(mask, "detach"):
        mask = mask.detach().cpu().numpy()
    mask = np.asarray(mask)
    if mask.shape != shape:
        raise InputError(
            f"mask has shape {list(mask.shape)}, the heatmap {list(shape)}: bring the mask to the "
            "network's frame with Preprocessing.frame_mask(mask, image)"
        )
    return mask.astype(bool)
