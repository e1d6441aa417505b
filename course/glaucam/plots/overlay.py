"""Heat over an image."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib import colormaps
from matplotlib.colors import Colormap

from glaucam.errors import InputError, UnknownName
from glaucam.registry import unknown

DEFAULT_COLORMAP = (
    "viridis"  # perceptually uniform, and its green and yellow stand out on a red eye
)
COLORMAPS = (
    "viridis",
    "cividis",
    "magma",
    "turbo",
    "jet",
)  # what menus offer; any other name works


def overlay(
    image: np.ndarray, heatmap: Any, alpha: float = 0.5, colormap: str = DEFAULT_COLORMAP
) -> np.ndarray:
    """(1 − alpha)·image + alpha·colours(heatmap), uint8 [H,W,3].

    ``image``: uint8 [H,W,3]. ``heatmap``: [0,1], [h,w], tensor or array, enlarged bilinearly where
    it is smaller. It is never stretched: 0.3 has the colour of 0.3 in every picture.
    """
    image = checked_image(image)
    if not 0 <= alpha <= 1:
        raise InputError(f"alpha is {alpha}, expected a fraction in [0,1]: 0 shows only the image")
    L = enlarge(checked_heatmap(heatmap), (image.shape[0], image.shape[1]))
    colours = named_colormap(colormap)(L)[..., :3] * 255.0
    return np.rint((1 - alpha) * image + alpha * colours).astype(np.uint8)


def enlarge(heatmap: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Bilinear, [h,w] → ``size`` (H, W); the same map where the size is right already."""
    if heatmap.shape == size:
        return heatmap
    from PIL import Image

    resized = Image.fromarray(heatmap).resize((size[1], size[0]), Image.Resampling.BILINEAR)
    return np.clip(np.asarray(resized), 0, 1)


def named_colormap(name: str) -> Colormap:
    """A matplotlib colormap; UnknownName lists ours."""
    if name not in colormaps:
        raise UnknownName(unknown("colormap", name, list(COLORMAPS)))
    return colormaps[name]


def checked_image(image: np.ndarray) -> np.ndarray:
    """The image as uint8 [H,W,3], or an InputError that says what came instead."""
    image = np.asarray(image)
    if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8:
        raise InputError(
            f"image is {image.dtype} {list(image.shape)}, expected uint8 [H,W,3]: "
            "read it with glaucam.data.read_image"
        )
    return image


def checked_heatmap(heatmap: Any) -> np.ndarray:
    """The heatmap as float32 [h,w] in [0,1], or an InputError that says what came instead."""
    if hasattr(heatmap, "detach"):
        heatmap = heatmap.detach().cpu().numpy()
    L = np.ascontiguousarray(heatmap, dtype=np.float32)
    if L.ndim != 2:
        raise InputError(
            f"heatmap has shape {list(L.shape)}, expected [H,W]: take one of the batch"
        )
    if not np.isfinite(L).all() or L.min() < 0 or L.max() > 1:
        raise InputError("heatmap leaves [0,1] or holds NaN: pass Heatmap.values, not the raw map")
    return L
