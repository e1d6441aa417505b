"""The circle that the camera's field of view is, also where the picture cuts a part of it off."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from glaucam.data.circle import fit_circle
from glaucam.data.field import field_box, find_field

_ROUNDS = 12
_LEAST_SPREAD = 0.004  # of the picture's longer side: how exactly a border is seen at best
_STARTS = (None, "x", "y", "-x", "+x", "-y", "+y")  # all of the border, or the part on those sides
_FEWEST = 12  # border pixels


@dataclass(frozen=True)
class FieldCircle:
    """Centre ``x``, ``y`` and ``radius`` in px; the centre may lie outside the picture.

    ``residual``: median distance of the border from the circle, in radii, over what belongs to it.
    ``seen``: the part of the whole circle's border that is there, [0,1]. ``clipped``: for left,
    top, right and bottom the part of the diameter that is cut off there, [0,1].
    """

    x: float
    y: float
    radius: float
    residual: float
    seen: float
    clipped: dict[str, float]


def fit_field_circle(image: np.ndarray, field: np.ndarray | None = None) -> FieldCircle | None:
    """The circle of the field in a photo uint8 [H,W,3]; None where no border of it is seen.

    ``field`` bool [H,W] spares finding it. Kåsa's fit is iterated: points far from the circle,
    such as those where the field is cut straight, lose their weight (Cauchy's). Started from
    several sides, since a fit to a field cut above and below can settle on the cuts.
    """
    field = find_field(image) if field is None else field
    points = _border(field)
    if len(points) < _FEWEST:
        return None
    spread = _LEAST_SPREAD * max(field.shape)
    fits = [_iterated(points, _side(points, which), spread) for which in _STARTS]
    centre, radius = min(fits, key=lambda fit: float(np.mean(_away(points, *fit) > 2 * spread)))
    if not np.isfinite(radius) or radius > 3 * max(field.shape):
        return None
    away = _away(points, centre, radius)
    own = away < max(3 * spread, 0.02 * radius)
    residual = float(np.median(away[own]) / radius) if own.any() else 1.0
    return FieldCircle(*centre, radius, residual, _seen(points[own], centre),
                       _clipped(field, centre, radius))  # fmt: skip


def _border(field: np.ndarray) -> np.ndarray:
    """Points (x, y) [N,2] on the field's border, between pixels; the picture's edge is none."""
    height, width = field.shape
    rows, columns = np.nonzero(field[:, 1:] != field[:, :-1])
    beside = np.stack([columns + 1.0, rows + 0.5], axis=1)
    rows, columns = np.nonzero(field[1:] != field[:-1])
    below = np.stack([columns + 0.5, rows + 1.0], axis=1)
    points = np.concatenate([beside, below])
    margin = 0.01 * max(field.shape)
    x, y = points.T
    inner = (x > margin) & (x < width - margin) & (y > margin) & (y < height - margin)
    points = points[inner]
    return points[:: max(1, len(points) // 800)]


def _side(points: np.ndarray, which: str | None) -> np.ndarray:
    """Weights 0 or 1 [N]: the points that lie to one side, or to both sides of an axis."""
    if which is None:
        return np.ones(len(points))
    x, y = (points - (points.min(axis=0) + points.max(axis=0)) / 2).T
    along, across = (x, y) if which[-1] == "x" else (y, x)
    sign = {"-": -along, "+": along}.get(which[0], np.abs(along))
    return (sign > np.abs(across)).astype(float)


def _iterated(
    points: np.ndarray, weights: np.ndarray, spread: float
) -> tuple[tuple[float, float], float]:
    centre, radius = fit_circle(points, weights)
    for _ in range(_ROUNDS):
        if not np.isfinite(radius):
            break
        away = _away(points, centre, radius)
        wide = max(spread, min(float(np.median(away)), 0.05 * radius))
        centre, radius = fit_circle(points, 1 / (1 + (away / wide) ** 2) ** 2)
    return centre, radius


def _away(points: np.ndarray, centre: tuple[float, float], radius: float) -> np.ndarray:
    if not np.isfinite(radius):
        return np.full(len(points), np.inf)
    return np.abs(np.hypot(*(points - centre).T) - radius)


def _seen(points: np.ndarray, centre: tuple[float, float]) -> float:
    """The part of 72 directions in which one of the points lies."""
    x, y = (points - centre).T
    directions = np.floor((np.arctan2(y, x) / (2 * np.pi) % 1) * 72).astype(int)
    return len(np.unique(directions)) / 72


def _clipped(field: np.ndarray, centre: tuple[float, float], radius: float) -> dict[str, float]:
    left, top, right, bottom = field_box(field)
    x, y = centre
    cut = {"left": left - (x - radius), "top": top - (y - radius),
           "right": x + radius - right, "bottom": y + radius - bottom}  # fmt: skip
    return {side: float(np.clip(px / (2 * radius), 0, 1)) for side, px in cut.items()}
