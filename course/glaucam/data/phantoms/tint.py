"""Small sums of painting: spread a change over the channels, and a soft step."""

from __future__ import annotations

import numpy as np


def tinted(change: np.ndarray, tone: tuple[float, float, float]) -> np.ndarray:
    """[S,S] spread over the channels by how strongly each feels it, float32 [S,S,3]."""
    return change.astype(np.float32, copy=False)[..., None] * np.array(tone, np.float32)


def step(x: np.ndarray) -> np.ndarray:
    """A soft step from 0 to 1 around x = 0."""
    return 0.5 + 0.5 * np.tanh(x)
