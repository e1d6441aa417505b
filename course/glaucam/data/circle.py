"""Circles through points, by least squares."""

from __future__ import annotations

import numpy as np


def fit_circle(
    points: np.ndarray, weights: np.ndarray | None = None
) -> tuple[tuple[float, float], float]:
    """((x, y), radius) of the circle nearest to ``points`` [N,2], weighted [N].

    Kåsa's fit: x² + y² = 2ax + 2by + c is linear in a, b and c = r² − a² − b². Kåsa 1976.
    Points on one line, or too few, give their mean and an infinite radius.
    """
    weights = np.ones(len(points)) if weights is None else np.asarray(weights, float)
    middle = points.mean(axis=0) if len(points) else np.zeros(2)
    x, y = (points - middle).T  # small numbers keep the squares exact
    root = np.sqrt(np.maximum(weights, 0))
    matrix = np.stack([2 * x, 2 * y, np.ones_like(x)], axis=1) * root[:, None]
    (a, b, c), _, rank, _ = np.linalg.lstsq(matrix, (x**2 + y**2) * root, rcond=1e-9)
    if rank < 3 or c + a * a + b * b <= 0:
        return (float(middle[0]), float(middle[1])), float("inf")
    return (float(a + middle[0]), float(b + middle[1])), float(np.sqrt(c + a * a + b * b))
