"""What glaucoma leaves beside the cup's size: pallor, lost nerve fibres, atrophy, haemorrhage.

Normal eyes have some of these too, less often and smaller.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from glaucam.data.phantoms.disc import Disc
from glaucam.data.phantoms.ranges import LESSONS, Ranges


@dataclass(frozen=True)
class Wedge:
    """A localised nerve-fibre defect: a dark arc from ``angle`` at the disc, ``width`` ° (SD)."""

    angle: float
    width: float


@dataclass(frozen=True)
class Atrophy:
    """A crescent beside the disc: centre and spread (SD) in degrees, width in disc radii."""

    angle: float
    spread: float
    width: float


@dataclass(frozen=True)
class Signs:
    """``pallor``: how much paler the cup is than the rim, 1 in the median normal eye; ``rim``: how
    much paler the rim has become, log. ``fibres``: nerve-fibre sheen that is left, 1 in a healthy
    young eye. ``haemorrhage``: the angle of a flame at the disc's edge, or None.
    """

    pallor: float
    rim: float
    wedges: tuple[Wedge, ...]
    fibres: float
    atrophy: Atrophy | None
    haemorrhage: float | None


def draw_signs(
    rng: np.random.Generator,
    disc: Disc,
    glaucoma: bool,
    severity: float,
    ranges: Ranges = LESSONS,
) -> Signs:
    """Of a normal eye, or of one with glaucoma of ``severity``."""
    ill = min(severity, 1.0) if glaucoma else 0.0
    late = max(severity - 1.0, 0.0) if glaucoma else 0.0  # the cup pales in advanced disease
    pale = ranges.late_pallor * late + ranges.cup_tells * (disc.vcdr - 0.45)
    healthy, lost, lost_late, spread = ranges.fibres
    sheen = healthy - lost * ill - lost_late * late
    return Signs(
        float(np.exp(rng.normal(pale, 0.4))),
        ranges.late_rim * late,
        _draw_wedges(rng, disc, ill),
        float(np.clip(rng.normal(sheen, spread), 0.05, 1.3)),
        _draw_atrophy(rng, ill, ranges),
        float(rng.normal(*_PLACES[rng.integers(2)])) if rng.random() < 0.003 + 0.06 * ill else None,
    )


_PLACES = ((240, 15), (120, 15))  # infero- and supero-temporal, mean and SD in degrees


def _draw_wedges(rng: np.random.Generator, disc: Disc, ill: float) -> tuple[Wedge, ...]:
    """20 % of glaucomas, 1 in 193 normals; at a notch if there is one."""
    chance, width = 1 / 193 + (0.2 - 1 / 193) * ill, rng.uniform(4, 11)
    drawn = rng.normal(*_PLACES[0 if rng.random() < 0.65 else 1])
    if rng.random() >= chance:
        return ()
    return (Wedge(disc.notches[0] if disc.notches else float(drawn), width),)


def _draw_atrophy(rng: np.random.Generator, ill: float, ranges: Ranges) -> Atrophy | None:
    """Mostly temporal; in one of five normal eyes, in most with glaucoma, and wider there."""
    least, more = ranges.atrophy
    worn = least + more * ill
    angle, spread = rng.normal(185, 35), rng.uniform(*ranges.around)
    width = rng.uniform(0.05, 0.28) * (1 + 0.7 * worn)
    return Atrophy(angle, spread, width) if rng.random() < 0.2 + 0.42 * worn else None
