"""Smooth random fields, by enlarging a small grid of random numbers."""

from __future__ import annotations

import numpy as np
from PIL import Image


def smooth_noise(rng: np.random.Generator, size: int, cells: float) -> np.ndarray:
    """float32 [size,size], mean ≈ 0 and deviation ≈ 1, with features of size / ``cells`` px."""
    count = max(2, round(cells)) + 3
    grid = Image.fromarray(rng.standard_normal((count, count), dtype=np.float32))
    cell = size / max(1.0, cells)
    box = (1.0, 1.0, min(count - 1.0, 1 + size / cell), min(count - 1.0, 1 + size / cell))
    field = np.asarray(grid.resize((size, size), Image.Resampling.BICUBIC, box=box))
    return field / 0.75  # bicubic interpolation between grid points lowers the deviation


def smooth_field(
    rng: np.random.Generator, shape: tuple[int, int], cells: tuple[float, float]
) -> np.ndarray:
    """float32 [H,W], mean ≈ 0 and deviation ≈ 1, with ``cells`` features down and across."""
    counts = [max(2, round(cell)) + 3 for cell in cells]
    grid = Image.fromarray(rng.standard_normal(counts, dtype=np.float32))
    box = (1.0, 1.0, counts[1] - 2.0, counts[0] - 2.0)
    field = grid.resize((shape[1], shape[0]), Image.Resampling.BICUBIC, box=box)
    return np.asarray(field) / np.float32(0.75)


def smooth_slices(
    rng: np.random.Generator, shape: tuple[int, int], cells: tuple[float, float]
) -> np.ndarray:
    """As the ``smooth_field`` of one line, [1,W], for H lines that are alike in neighbours, [H,W].

    A line's deviation is two thirds of a field's. Features smaller than lines are apart are a
    line's own.
    """
    return smooth_field(rng, shape, (min(cells[0], shape[0]), cells[1])) * np.float32(2 / 3)
