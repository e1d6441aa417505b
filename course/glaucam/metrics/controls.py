"""Maps that know nothing of the model: what a method must beat before it is believed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import ndimage

Control = Callable[[np.ndarray, int], np.ndarray]


def random_map(image: np.ndarray, seed: int = 0) -> np.ndarray:
    """Uniform noise [H,W], drawn anew for each ``seed``."""
    return np.random.default_rng(seed).random(image.shape[:2], dtype=np.float32)


def constant_map(image: np.ndarray, seed: int = 0) -> np.ndarray:
    """Ones everywhere: its share is the area, its lift exactly 1."""
    return np.ones(image.shape[:2], dtype=np.float32)


def centre_gaussian_map(image: np.ndarray, seed: int = 0) -> np.ndarray:
    """A Gaussian at the image's centre, σ a quarter of each side: photographers centre things."""
    H, W = image.shape[:2]
    y = (np.arange(H) - (H - 1) / 2) / (H / 4)
    x = (np.arange(W) - (W - 1) / 2) / (W / 4)
    return np.exp(-(y[:, None] ** 2 + x[None, :] ** 2) / 2).astype(np.float32)


def sobel_map(image: np.ndarray, seed: int = 0) -> np.ndarray:
    """The image's own edges: Sobel magnitude of the mean channel, divided by its maximum."""
    grey = np.asarray(image, dtype=np.float64)
    grey = grey.mean(axis=2) if grey.ndim == 3 else grey
    magnitude = np.hypot(ndimage.sobel(grey, axis=0), ndimage.sobel(grey, axis=1))
    highest = magnitude.max()
    return (magnitude / highest if highest > 0 else magnitude).astype(np.float32)


CONTROLS: dict[str, Control] = {
    "random": random_map,
    "constant": constant_map,
    "centre_gaussian": centre_gaussian_map,
    "sobel": sobel_map,
}
"""Each takes an image [H,W,3] and a seed (only ``random`` uses it); gives a map [H,W] in [0,1]."""
