"""What retinopathy does to vessels: new ones, IRMA, and beaded veins.

Calibres and lengths are engineering choices, without a source.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from glaucam.data.phantoms.dr_ground import Ground, quadrant_of
from glaucam.data.phantoms.vessels import STEP, Vessel, walk, wander

_BEADED_FROM = 0.045  # mm; thinner veins are not seen to be beaded


def on_disc(rng: np.random.Generator, ground: Ground, n: int) -> Iterator[Vessel]:
    """Fronds that rise from the disc (NVD), within a disc diameter of it."""
    for _ in range(n):
        angle = rng.uniform(0, 360)
        away = ground.disc.outline_at(np.array(angle)) * rng.uniform(0.2, 0.8)
        root = away * _towards(angle)
        yield from _frond(rng, root, angle, rng.uniform(0.8, 1.6), 55)


def elsewhere(rng: np.random.Generator, ground: Ground, n: int) -> Iterator[Vessel]:
    """Fronds on the retina (NVE), as sea fans, more than a disc diameter from the disc."""
    places, view = ground.places, ground.view
    away = np.hypot(*places.T) > 1.5 * ground.disc.diameter
    away &= np.hypot(*(places - view.middle).T) < view.radius / view.scale - 1.2  # seen as a whole
    roots = places[away]
    for _ in range(n):
        root = roots[rng.integers(len(roots))]
        yield from _frond(rng, root, rng.uniform(0, 360), rng.uniform(0.7, 1.5), 40)


def irma(rng: np.random.Generator, ground: Ground, n: int) -> Iterator[Vessel]:
    """Intraretinal microvascular abnormalities: a few short, winding vessels within the retina."""
    for _ in range(n):
        root = ground.place(rng)
        for _ in range(rng.integers(2, 5)):
            yield _twig(rng, root, rng.uniform(0, 360), rng.uniform(0.25, 0.6), 60)


def beaded(
    vessels: list[Vessel], ground: Ground, quadrants: int
) -> tuple[list[Vessel], list[Vessel]]:
    """The vessels with their veins beaded in so many quadrants, where most of them run; and the
    stretches that are.
    """
    if not quadrants:
        return vessels, []
    where = [_stretch(vessel, ground) for vessel in vessels]
    chosen = np.argsort([-sum((w == q).sum() for w in where) for q in range(4)])[:quadrants]
    changed, stretches = [], []
    for vessel, quadrant in zip(vessels, where, strict=True):
        on = np.isin(quadrant, chosen)
        beads = 1 + 0.4 * on * np.sin(2 * np.pi * STEP / 0.42 * np.arange(len(on)))
        changed.append(replace(vessel, widths=vessel.widths * beads))
        if on.sum() >= 3:
            stretches.append(Vessel(vessel.kind, vessel.points[on], changed[-1].widths[on]))
    return changed, stretches


def _stretch(vessel: Vessel, ground: Ground) -> np.ndarray:
    """int [K]: the quadrant of each point of a vein that is thick enough and seen, else −1."""
    if vessel.kind != "vein":
        return np.full(len(vessel.points), -1)
    clear = (vessel.widths > _BEADED_FROM) & ground.holds(vessel.points)
    return np.where(clear, quadrant_of(ground.view, vessel.points), -1)


def _frond(
    rng: np.random.Generator, root: np.ndarray, heading: float, reach: float, spread: float
) -> Iterator[Vessel]:
    """A fan of fine vessels that wind and branch off one another."""
    starts = [root]
    for _ in range(rng.integers(11, 22)):
        start = starts[rng.integers(len(starts))]
        left = max(reach - float(np.hypot(*(start - root))), 0.25)
        twig = _twig(rng, start, heading + rng.normal(0, spread), left * rng.uniform(0.5, 1), 55)
        starts.append(twig.points[len(twig.points) // 2])
        yield twig


def _twig(
    rng: np.random.Generator, start: np.ndarray, heading: float, length: float, bend: float
) -> Vessel:
    s = np.arange(0, max(length, 4 * STEP), STEP)
    points = walk(start, heading + wander(rng, 3 * s, bend))
    return Vessel("vein", points, np.full(len(points), rng.uniform(0.025, 0.05)))


def _towards(angle: float) -> np.ndarray:
    return np.array([np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))])
