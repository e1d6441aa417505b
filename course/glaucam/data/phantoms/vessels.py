"""Arteries and veins, grown from the disc: one of each kind enters, splits up and down, then to the
temple and to the nose, and branches on.

Widths follow CRAE 152 and CRVE 233 µm shared among the trunks, and Murray's law at the branches.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from glaucam.data.phantoms.disc import Disc
from glaucam.data.phantoms.ranges import LESSONS, Ranges

STEP = 0.06  # mm between two points of a vessel
_THINNEST = 0.012  # mm; a camera sees no thinner vessel
_BRANCHING = {"artery": 1.28, "vein": 1.11}  # (w₁² + w₂²) / W²
_TRUNK = {"artery": 0.088, "vein": 0.125}  # mm, before it splits on the disc
# (heading far out, SD, length mm) of the arcades by where they go, degrees
_ARCADES = {
    ("superior", "temporal"): (186, 14, (7, 10)),
    ("inferior", "temporal"): (174, 14, (7, 10)),
    ("superior", "nasal"): (28, 18, (4, 7)),
    ("inferior", "nasal"): (-28, 18, (4, 7)),
}


@dataclass(frozen=True)
class Vessel:
    """``points`` mm [K,2] and ``widths`` mm [K] from the disc outwards."""

    kind: str
    points: np.ndarray
    widths: np.ndarray


@dataclass(frozen=True)
class _Bed:
    """What all vessels of an eye share; ``entry`` mm is where they come through the disc.

    Nothing is grown beyond ``reach`` mm of ``centre``, where no picture shows it.
    """

    disc: Disc
    fovea: np.ndarray
    entry: np.ndarray
    calibre: float
    tortuosity: float
    bayonet: float  # degrees of the bend where a vessel climbs the rim
    centre: np.ndarray
    reach: float
    ranges: Ranges


def grow_vessels(
    rng: np.random.Generator, disc: Disc, fovea: np.ndarray, centre: np.ndarray, reach: float,
    ranges: Ranges = LESSONS,
) -> list[Vessel]:  # fmt: skip
    """All vessels of an eye within ``reach`` mm of ``centre``: arcades, twigs, their branches."""
    bed = _draw_bed(rng, disc, fovea, centre, reach, ranges)
    vessels: list[Vessel] = []
    for kind, aside in (("vein", -1), ("artery", 1)):  # the artery enters on the nasal side
        beside = np.array([aside * rng.uniform(*ranges.aside), rng.normal(0, ranges.beside)])
        for side in ("superior", "inferior"):
            start = bed.entry + beside
            if ranges.apart and rng.random() < 0.6:
                start = start + rng.normal(0, ranges.apart, 2)
            vessels += _half(rng, bed, kind, side, start)
    return vessels + _twigs(rng, bed)


def _draw_bed(
    rng: np.random.Generator, disc: Disc, fovea: np.ndarray, centre: np.ndarray, reach: float,
    ranges: Ranges,
) -> _Bed:  # fmt: skip
    """A large cup pushes the vessels to the nose, and they climb a steeper rim."""
    deep = float(np.clip(disc.vcdr - 0.35, 0, 0.5)) / 0.5
    flat, cupped = ranges.nasal
    shift = flat + cupped * deep + rng.normal(0, ranges.entry[0])
    entry = np.array([shift, rng.normal(0, ranges.entry[1])]) * disc.diameter / 1.8
    return _Bed(
        disc, fovea, entry,
        calibre=rng.uniform(0.8, 1.25) * disc.diameter / 1.8,
        tortuosity=rng.uniform(0.6, 2.0),
        bayonet=_bayonet(rng, deep, ranges.bayonet),
        centre=np.asarray(centre, float), reach=reach, ranges=ranges,
    )  # fmt: skip


def _bayonet(rng: np.random.Generator, deep: float, always: float) -> float:
    return 55 * (always + (1 - always) * deep) * rng.uniform(0.0 if always else 0.3, 1)


def _half(
    rng: np.random.Generator, bed: _Bed, kind: str, side: str, start: np.ndarray
) -> list[Vessel]:
    """A trunk that runs up or down on the disc and splits into a temporal and a nasal arcade."""
    up = 90 if side == "superior" else -90
    heading = up + rng.normal(0, bed.ranges.heading)
    on_disc = bed.disc.diameter / 2 * _stem_length(rng, bed.ranges.short)  # mm
    s = np.arange(0, max(on_disc, 1.5 * STEP), STEP)  # two points at least, on the smallest disc
    stem = walk(start, heading + wander(rng, s, bed.ranges.meander * bed.tortuosity))
    width = _TRUNK[kind] * bed.calibre * rng.uniform(0.8, 1.15)
    widths = np.full(len(stem), width)
    if bed.ranges.emerge:  # it comes out of the tissue, and is not cut off
        widths *= np.clip(0.2 + np.arange(len(stem)) * STEP / bed.ranges.emerge, 0, 1)
    vessels = [Vessel(kind, stem, widths)]
    vessels += _on_disc(rng, bed, kind, stem, heading, width)
    ratio = rng.uniform(0.55, 0.95)  # nasal ÷ temporal
    temporal = width * np.sqrt(_BRANCHING[kind] / (1 + ratio**2))
    for goal, own in (("temporal", temporal), ("nasal", ratio * temporal)):
        far, spread, length = _ARCADES[side, goal]
        out = 1 if (goal == "temporal") == (side == "superior") else -1
        path = _arcade(
            rng, bed, stem[-1], heading + out * rng.uniform(4, 45), rng.normal(far, spread),
            rng.uniform(*length),
        )  # fmt: skip
        vessels += _with_branches(rng, bed, kind, path, own, depth=2)
    return vessels


def _stem_length(rng: np.random.Generator, short: float) -> float:
    """In disc radii; ``short``: the chance that the trunk splits at once."""
    if short and rng.random() < short:
        return rng.uniform(0.1, 0.3)
    return rng.uniform(0.1, 1.0)


def _on_disc(
    rng: np.random.Generator, bed: _Bed, kind: str, stem: np.ndarray, heading: float, width: float
) -> list[Vessel]:
    """Smaller branches that leave the trunk on the disc."""
    vessels: list[Vessel] = []
    for _ in range(rng.poisson(bed.ranges.on_disc) if bed.ranges.on_disc else 0):
        at = rng.integers(len(stem))
        t = np.arange(0, rng.uniform(0.8, 3.0), STEP)
        leave = rng.choice([-1, 1]) * rng.uniform(25, 95)
        course = heading + leave + wander(rng, t, 28 * bed.tortuosity)
        own = width * rng.uniform(0.3, 0.55)
        vessels += _with_branches(rng, bed, kind, walk(stem[at], course), own, depth=1)
    return vessels


def _arcade(
    rng: np.random.Generator, bed: _Bed, start: np.ndarray, near: float, far: float, length: float
) -> np.ndarray:
    """Points [K,2]; turns from heading ``near`` to ``far``, and bends where it climbs the rim."""
    far = near + (far - near + 180) % 360 - 180  # the shorter way round
    s = np.arange(0, length, STEP)
    turned = 1 - np.exp(-((s / rng.uniform(1.6, 3.8)) ** 2))
    heading = near + (far - near) * turned + wander(rng, s, 12 * bed.tortuosity)
    path = walk(start, heading)
    theta = np.degrees(np.arctan2(path[:, 1], path[:, 0]))
    edge = s[np.argmax(np.hypot(*path.T) > bed.disc.cup_at(theta))]
    kick = bed.bayonet * rng.choice([-1, 1])
    bend = np.exp(-(((s - edge) / 0.09) ** 2)) - 0.8 * np.exp(-(((s - edge - 0.22) / 0.12) ** 2))
    return walk(start, heading + kick * bend)


def _with_branches(
    rng: np.random.Generator, bed: _Bed, kind: str, path: np.ndarray, width: float, depth: int
) -> list[Vessel]:
    """The vessel and, while ``depth`` lasts, its side branches; none enters the avascular zone."""
    length = len(path) * STEP  # before it is cut, so that it tapers as if it went on
    path = _cut(bed, path)
    if len(path) < 3 or width < _THINNEST:
        return []
    s = np.arange(len(path)) * STEP
    vessels = [Vessel(kind, path, width * (1 - 0.62 * s / length))]
    if depth == 0:
        return vessels
    side = rng.choice([-1, 1])
    for at in _branch_places(rng, s[-1]):
        i = min(int(at / STEP), len(path) - 2)
        side = -side
        heading = np.degrees(np.arctan2(*(path[i + 1] - path[i])[::-1]))
        ratio = rng.uniform(0.4, 0.75)  # branch ÷ continuing vessel
        branch = vessels[0].widths[i] * ratio * np.sqrt(_BRANCHING[kind] / (1 + ratio**2))
        t = np.arange(0, (length - at) * rng.uniform(0.4, 0.9) + 0.5, STEP)
        leave = side * rng.uniform(28, 62)
        course = heading + leave * (0.6 + 0.4 * np.exp(-t)) + wander(rng, t, 16 * bed.tortuosity)
        vessels += _with_branches(rng, bed, kind, walk(path[i], course), branch, depth - 1)
    return vessels


def _cut(bed: _Bed, path: np.ndarray) -> np.ndarray:
    """``path`` up to where it leaves the reach or comes near the fovea."""
    gone = np.hypot(*(path - bed.centre).T) > bed.reach
    gone |= np.hypot(*(path - bed.fovea).T) < 0.3
    return path[: np.argmax(gone)] if gone.any() else path


def _branch_places(rng: np.random.Generator, length: float) -> list[float]:
    """Distances along a vessel, mm, where it branches: about one each 1.1 mm."""
    places, at = [], rng.uniform(0.5, 1.4)
    while at < length - 0.2:
        places.append(at)
        at += rng.uniform(0.6, 1.6)
    return places


def _twigs(rng: np.random.Generator, bed: _Bed) -> list[Vessel]:
    """Fine vessels that cross the disc's edge between the arcades, temporal and nasal."""
    vessels = []
    for _ in range(rng.integers(4, 11)):
        heading = 180 + rng.normal(0, 36) if rng.random() < 0.6 else rng.normal(0, 40)
        s = np.arange(0, bed.disc.diameter / 2 + rng.uniform(0.2, 2.4), STEP)
        start = bed.entry * rng.uniform(0.2, 1.2) + rng.normal(0, 0.1, 2) * bed.disc.diameter
        path = walk(start, heading + wander(rng, s, 30 * bed.tortuosity))
        width = rng.uniform(0.018, 0.045) * bed.calibre
        kind = "artery" if rng.random() < 0.5 else "vein"
        vessels += _with_branches(rng, bed, kind, path, width, depth=1)
    return vessels


def wander(rng: np.random.Generator, s: np.ndarray, degrees: float) -> np.ndarray:
    """Smooth meandering of the heading along ``s`` mm, about ``degrees`` large."""
    waves = rng.uniform(0.6, 3.6, 4)  # mm⁻¹ · 2π
    phases = rng.uniform(0, 2 * np.pi, 4)
    return degrees * (np.sin(np.outer(s, waves) + phases) - np.sin(phases)).sum(axis=1) / 3


def walk(start: np.ndarray, heading: np.ndarray) -> np.ndarray:
    """Points [K,2] from ``start``, one step of STEP mm along each heading (degrees)."""
    theta = np.deg2rad(heading)
    steps = np.empty((len(theta), 2))
    np.cos(theta, out=steps[:, 0])
    np.sin(theta, out=steps[:, 1])
    return start + STEP * (np.cumsum(steps, axis=0) - steps[0])
