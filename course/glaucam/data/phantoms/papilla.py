"""The optic disc as it looks: rim, cup, the ring and the atrophy around it.

All changes are of log reflectance. Temporal pallor, scleral ring and halo are drawn for both
classes alike; the cup is paler than the rim in every eye, by more or by hardly anything.
"""

from __future__ import annotations

import numpy as np

from glaucam.data.phantoms.disc import bump
from glaucam.data.phantoms.noise import smooth_noise
from glaucam.data.phantoms.polar import Polar
from glaucam.data.phantoms.ranges import Ranges
from glaucam.data.phantoms.signs import Atrophy, Signs
from glaucam.data.phantoms.tint import step, tinted

_RIM = np.array([0.33, 0.42, 0.36])  # log RGB of the rim above the bare fundus
_CUP = (0.5, 0.95, 1.2)  # how pallor spreads over the channels
_PALLOR = (0.3, 0.9, 1.0)


def paint_surroundings(
    rng: np.random.Generator, scene: np.ndarray, at: Polar, atrophy: Atrophy | None, ranges: Ranges
) -> None:
    """What lies around the disc: a halo, and a crescent of atrophy where there is one."""
    reach = rng.uniform(0.12, 0.6)  # mm
    halo = rng.uniform(*ranges.halo) * np.exp(-np.maximum(at.r - at.outline, 0) / reach)
    scene += tinted(halo, (0.6, 1.0, 0.9))
    if atrophy is not None:
        _paint_atrophy(rng, scene, at, atrophy)


def _paint_atrophy(
    rng: np.random.Generator, scene: np.ndarray, at: Polar, atrophy: Atrophy
) -> None:
    """A pale inner crescent (beta) and a darker, mottled one outside (alpha), ragged."""
    width = atrophy.width * bump(at.theta, atrophy.angle, atrophy.spread)
    ragged = 1 + 0.25 * smooth_noise(rng, at.size, 14)
    present = np.clip(width / 0.04, 0, 1)
    blotch = 1 + 0.35 * smooth_noise(rng, at.size, 26)
    soft = rng.uniform(0.02, 0.1)
    for reach, tone in (
        (1 + rng.uniform(0.3, 1.2), -rng.uniform(0, 0.35)),
        (1, rng.uniform(0.1, 0.5)),
    ):
        inside = step((at.outline * (1 + reach * width * ragged) - at.r) / soft) * present
        scene += tinted(inside * tone * blotch, (0.7, 1.0, 1.0))


def paint_disc(
    rng: np.random.Generator, scene: np.ndarray, at: Polar, pigment: np.ndarray, signs: Signs,
    ranges: Ranges,
) -> None:  # fmt: skip
    """A rim, more so on the nasal side, and a paler cup with a soft edge and a pit."""
    blur = rng.uniform(0.02, 0.09) * (1 + rng.uniform(0, 1.5) * bump(at.theta, 0, 60))  # mm
    inside = step((at.outline - at.r) / blur)
    rim = rng.uniform(*ranges.rim) * _RIM + rng.normal(0, 0.14, 3) + signs.rim * np.array(_PALLOR)
    tissue = np.broadcast_to(pigment + rim, scene.shape).astype(np.float32)
    tissue += tinted(_sectors(rng, at, ranges) * np.clip(at.r / at.outline, 0, 1), _PALLOR)
    if ranges.half:
        tissue += tinted(_half(rng, at, ranges.half), _PALLOR)
    tissue += tinted(_cup(rng, at, signs.pallor, ranges), _CUP)
    scene += (inside * rng.uniform(0.85, 1))[..., None] * (tissue - scene)
    _paint_ring(rng, scene, at, ranges)


def _sectors(rng: np.random.Generator, at: Polar, ranges: Ranges) -> np.ndarray:
    """How pale the rim is by angle: temporally, somewhere else, redder where it is thick."""
    temporal = rng.uniform(0, ranges.temporal)
    centre = 180 + rng.normal(0, ranges.turned) if ranges.turned else 180
    low, high = ranges.sector
    pale = temporal * bump(at.theta, centre, rng.uniform(low, high) if high > low else low)
    pale += 0.03 * smooth_noise(rng, at.size, 18)
    pale += rng.normal(0, 0.06) * bump(at.theta, rng.uniform(0, 360), 50)
    if any(ranges.nasal_pallor):
        pale += rng.uniform(*ranges.nasal_pallor) * bump(at.theta, 0, 50)
    if ranges.poles:
        poles = bump(at.theta, 90, 35) + bump(at.theta, 270, 35)
        thick = np.clip((at.outline - at.cup) / 0.4, 0, 1.3)  # mm
        pale -= rng.uniform(0, ranges.poles) * poles * thick
    return pale


def _half(rng: np.random.Generator, at: Polar, most: float) -> np.ndarray:
    """Nasal of the vessels' trunk thick fibres redden the disc, less where the rim is lost."""
    line, soft = rng.normal(0.1, 0.15), rng.uniform(0.03, 0.3)  # mm
    nasal = at.r * np.cos(np.deg2rad(at.theta)) - line
    thick = np.clip((at.outline - at.cup) / 0.4, 0, 1)  # mm
    return rng.uniform(0, most) * (step(-nasal / soft) - 0.5) * thick


def _cup(rng: np.random.Generator, at: Polar, pallor: float, ranges: Ranges) -> np.ndarray:
    """How much paler than the rim; the cup slopes on its temporal side and is steep nasally."""
    soft = rng.uniform(0.02, 0.09) * (1 + rng.uniform(0, 1.8) * bump(at.theta, 180, 60))
    in_cup = step((at.cup - at.r) / soft)
    centre, reach = rng.uniform(0.2, 1), rng.uniform(0.5, 1.3)
    pit = np.exp(-((at.r / np.maximum(reach * at.cup, 0.15)) ** 2))
    strength = np.clip(0.5 * pallor, ranges.faintest, 0.95)
    if ranges.unseen and rng.random() < ranges.unseen:
        strength *= 0.1
    pale = strength * in_cup * (1 - 0.5 * centre + centre * pit)
    wall = np.exp(-(((at.r - at.cup) / 0.06) ** 2)) * bump(at.theta, rng.normal(0, 40), 60)
    pale -= rng.uniform(0, 0.1) * wall  # the steep side lies in its own shade
    if rng.random() < 0.5:  # laminar dots in the cup's floor
        dots = np.maximum(smooth_noise(rng, at.size, at.size / 7) - 0.8, 0)
        pale -= rng.uniform(0, 0.15) * dots * in_cup * pit
    return pale


def _paint_ring(rng: np.random.Generator, scene: np.ndarray, at: Polar, ranges: Ranges) -> None:
    """A thin bright rim of sclera along part of the disc's edge, in two of three eyes."""
    thin = rng.uniform(0.03, 0.07)  # mm
    ring = np.exp(-(((at.r - at.outline * 1.02) / thin) ** 2))
    part = bump(at.theta, rng.normal(180, 60), rng.uniform(25, 90))
    if ranges.whole_ring and rng.random() < ranges.whole_ring:
        part = np.maximum(part, rng.uniform(0, 1))
    ring *= part
    scene += tinted(max(rng.uniform(-0.12, ranges.ring), 0) * ring, (0.5, 0.9, 1.0))


def paint_flame(rng: np.random.Generator, scene: np.ndarray, at: Polar, angle: float) -> np.ndarray:
    """A splinter haemorrhage along the fibres across the disc's edge; returns where, bool [S,S]."""
    along, across = rng.uniform(0.12, 0.25), rng.uniform(0.03, 0.06)  # mm
    aside = at.r * np.sin(np.deg2rad(at.theta - angle))
    ahead = at.r * np.cos(np.deg2rad(at.theta - angle)) - at.outline * 1.03
    flame = step((1 - np.hypot(aside / across, ahead / along)) * 4)
    scene -= tinted(rng.uniform(0.5, 0.9) * flame, (0.3, 1.0, 0.8))
    return flame > 0.5
