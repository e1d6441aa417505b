"""Lesions of retinopathy that are spots: each an outline in the eye's millimetres.

Diameters in µm: microaneurysm 15 to 125, haemorrhage 100 to 500, hard exudate 20 to 200, soft
exudate (cotton wool) 200 to 700; how they are distributed within is an engineering choice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from glaucam.data.phantoms.dr_ground import Ground, along_fibres

_ANGLES = np.linspace(0, 2 * np.pi, 20, endpoint=False)


@dataclass(frozen=True)
class Spot:
    """``outline`` mm [K,2] around ``place`` [2]; ``strength``: share of its kind's depth."""

    place: np.ndarray
    outline: np.ndarray
    strength: float


def microaneurysms(rng: np.random.Generator, ground: Ground, n: int) -> Iterator[Spot]:
    for _ in range(n):
        size = _diameter(rng, 60, 0.35, (15, 125))
        yield _blob(rng, ground.place(rng), size, size, 0.0, 0.06)


def haemorrhages(rng: np.random.Generator, ground: Ground, n: int) -> Iterator[Spot]:
    """Dots, blots, and flames that lie along the nerve fibres; the quadrants take turns."""
    for i in range(n):
        place = ground.place(rng, i % 4)
        kind, size = rng.random(), _diameter(rng, 170, 0.45, (100, 500))
        if kind < 0.3:  # a flame
            heading = along_fibres(ground.disc, place) + rng.normal(0, 8)
            yield _blob(rng, place, max(size, 0.25), 0.07 + 0.15 * size, heading, 0.22)
        else:
            wide = size * rng.uniform(0.6, 1)
            yield _blob(rng, place, size, wide, rng.uniform(0, 360), 0.04 if kind < 0.6 else 0.14)


def hard_exudates(rng: np.random.Generator, ground: Ground, clusters: int) -> Iterator[Spot]:
    """Clusters and broken rings (circinate), most of them in the macula."""
    for _ in range(clusters):
        centre = ground.near(rng, ground.eye.fovea, 1.2)
        n, spread = int(rng.integers(6, 34)), rng.uniform(0.12, 0.4)
        if rng.random() < 0.4:
            angle = rng.uniform(0, 2 * np.pi) + rng.uniform(0, rng.uniform(2.5, 6), n)
            r = rng.uniform(0.4, 0.95) * rng.normal(1, 0.12, n)
            places = centre + r[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
        else:
            places = centre + rng.normal(0, spread, (n, 2))
        for place, seen in zip(places, ground.holds(places), strict=True):
            size = _diameter(rng, 65, 0.5, (20, 200))
            spot = _blob(rng, place, size, size * rng.uniform(0.6, 1), rng.uniform(0, 360), 0.15)
            if seen:
                yield spot


def soft_exudates(rng: np.random.Generator, ground: Ground, n: int) -> Iterator[Spot]:
    """Swollen nerve fibres, within some disc diameters of the disc, across the fibres' course."""
    for _ in range(n):
        place = ground.near(rng, np.zeros(2), 1.5)
        size = _diameter(rng, 380, 0.3, (200, 700))
        heading = along_fibres(ground.disc, place) + 90 + rng.normal(0, 30)
        yield _blob(rng, place, size, size * rng.uniform(0.5, 0.9), heading, 0.16)


def preretinal(rng: np.random.Generator, ground: Ground, n: int) -> Iterator[Spot]:
    """Blood before the retina, settled to a boat: 1 to 3 mm wide under a level surface."""
    for _ in range(n):
        place = ground.near(rng, np.array([-1.5, 0]), 2.0)
        half = rng.uniform(0.5, 1.5)
        deep = half * rng.uniform(0.5, 1.0)
        sag = -(np.abs(np.sin(_ANGLES / 2)) ** rng.uniform(0.6, 1.1)) * deep
        hull = np.stack([half * np.cos(_ANGLES / 2), sag], axis=1)
        level = np.array([[-half, 0.04 * deep]])
        yield Spot(place, place + np.concatenate([hull, level]), 1.0)


def _diameter(
    rng: np.random.Generator, median: float, spread: float, bounds: tuple[float, float]
) -> float:
    """mm; a lognormal number of µm within ``bounds``."""
    return float(np.clip(median * np.exp(rng.normal(0, spread)), *bounds)) / 1000


def _blob(
    rng: np.random.Generator, place: np.ndarray, length: float, width: float, heading: float,
    ragged: float,
) -> Spot:  # fmt: skip
    """An ellipse of ``length`` by ``width`` mm towards ``heading`` degrees, its edge uneven: it
    reaches ``length`` / 2 from its place and no farther.
    """
    orders = np.arange(2, 6)
    bends = rng.normal(0, ragged, 4) / np.sqrt(orders - 1)
    edge = 1 + np.cos(np.outer(_ANGLES, orders) + rng.uniform(0, 2 * np.pi, 4)) @ bends
    edge = np.maximum(edge, 0.3)
    along, across = edge * np.cos(_ANGLES), width / length * edge * np.sin(_ANGLES)
    c, s = np.cos(np.deg2rad(heading)), np.sin(np.deg2rad(heading))
    outline = np.stack([c * along - s * across, s * along + c * across], axis=1)
    outline *= length / 2 / np.hypot(along, across).max()
    return Spot(place, place + outline, rng.uniform(0.6, 1))
