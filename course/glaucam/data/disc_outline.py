"""The disc's edge around a first guess, and the circle through it."""

from __future__ import annotations

import numpy as np

from glaucam.data.circle import fit_circle
from glaucam.data.disc_evidence import brightness

_RAYS = 48
_RADII = np.linspace(0.3, 1.9, 96)  # in radii of the first guess
_HALF = 8  # samples on each side of an edge whose means are compared
_SURE = 0.35  # of the log diameter: how far the first guess is believed
_NEAR = 0.25  # radii; the edge may differ by that much from ray to ray
_VESSEL = 0.22  # of the disc's diameter: dark lines narrower than this are closed
_ROUNDS = 2
_LARGER = (1.5, 2.0, 2.6)  # a cup's diameter times one of these may be the disc's
_AS_CLEAR = 0.8  # of the cup's edge; haloes and atrophy end less clearly
_CLEAR = 0.1  # log grey levels


def refine(rgb: np.ndarray, x: float, y: float, diameter: float) -> tuple[float, float, float]:
    """(x, y, diameter) px of the circle through the edge near the first guess."""
    first = diameter
    for _ in range(_ROUNDS):
        rays = _rays(rgb, x, y, diameter)
        edge, strength = _edges(rays, diameter / first)
        angle = 2 * np.pi * np.arange(_RAYS) / _RAYS
        points = np.stack([edge * np.cos(angle), edge * np.sin(angle)], axis=1)
        (dx, dy), radius = fit_circle(points, strength)
        most = 0.6  # radii that one round may move
        x += float(np.clip(dx, -most, most)) * diameter / 2
        y += float(np.clip(dy, -most, most)) * diameter / 2
        diameter = float(np.clip(radius * diameter, 0.6 * first, 1.7 * first))
    return x, y, diameter


def outermost(
    rgb: np.ndarray, x: float, y: float, diameter: float, most: float
) -> tuple[float, float, float]:
    """The circle given, or the largest up to ``most`` px around it with an edge nearly as clear.

    A deep cup's edge may be clearer than the disc's.
    """
    circles = [(x, y, diameter)]
    least = max(_CLEAR, _AS_CLEAR * _clarity(rgb, *circles[0]))
    for times in _LARGER:
        if times * diameter > most:
            break
        larger = refine(rgb, x, y, times * diameter)
        around = np.hypot(larger[0] - x, larger[1] - y) + 0.4 * diameter <= larger[2] / 2
        if around and larger[2] > 1.2 * circles[-1][2] and _clarity(rgb, *larger) > least:
            circles.append(larger)
    return circles[-1]


def _clarity(rgb: np.ndarray, x: float, y: float, diameter: float) -> float:
    """How much darker, log grey levels, it is just outside the circle, on half of the rays."""
    rays = _rays(rgb, x, y, diameter)
    inside, outside = (_RADII > 0.7) & (_RADII < 0.92), (_RADII > 1.08) & (_RADII < 1.3)
    return float(np.median(rays[inside].mean(axis=0) - rays[outside].mean(axis=0)))


def _rays(rgb: np.ndarray, x: float, y: float, diameter: float) -> np.ndarray:
    """Brightness [radii,rays] along rays from (x, y)."""
    import cv2

    reach = int(1.4 * diameter) + 1
    left, top = max(0, int(x) - reach), max(0, int(y) - reach)
    part = brightness(rgb[top : int(y) + reach, left : int(x) + reach], _VESSEL * diameter)
    angle = 2 * np.pi * np.arange(_RAYS) / _RAYS
    r = _RADII[:, None] * diameter / 2
    at_x, at_y = x - left - 0.5 + r * np.cos(angle), y - top - 0.5 + r * np.sin(angle)
    return cv2.remap(
        part, at_x.astype(np.float32), at_y.astype(np.float32), cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip


def _edges(rays: np.ndarray, grown: float) -> tuple[np.ndarray, np.ndarray]:
    """(radius, strength) of the edge on each ray [rays], in radii of the present guess.

    First the radius at which all rays together fall most, then each ray's own fall near it.
    """
    total = np.cumsum(np.vstack([np.zeros((1, rays.shape[1])), rays]), axis=0)
    fall = (2 * total[_HALF:-_HALF] - total[: -2 * _HALF] - total[2 * _HALF :]) / _HALF
    fall = np.clip(fall, 0, 0.5)  # a highlight must not outvote the other rays
    spacing = _RADII[1] - _RADII[0]
    radii = _RADII[0] + (np.arange(_HALF, len(_RADII) - _HALF + 1) - 0.5) * spacing
    believed = np.exp(-0.5 * (np.log(radii * grown) / _SURE) ** 2)
    at = radii[np.argmax(fall.mean(axis=1) * believed)]
    near = np.abs(radii - at) < _NEAR
    weight = (fall[near] + 1e-6) ** 3
    return (weight * radii[near, None]).sum(axis=0) / weight.sum(axis=0), fall[near].max(axis=0)
