"""How many lesions of which kind an eye of a grade has, by the international scale.

Wilkinson et al. 2003: 1 microaneurysms only; 2 more than that, less than severe; 3 any of more than
20 haemorrhages in each of four quadrants, venous beading in two, or IRMA in one, and no new
vessels; 4 new vessels or preretinal haemorrhage. The ranges within a grade are engineering choices.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

FOUR_QUADRANTS = 84  # haemorrhages dealt out in turn: 21 in each quadrant


@dataclass(frozen=True)
class Plan:
    """Counts; ``clusters`` of hard exudates, ``on_disc`` and ``elsewhere`` fronds of new vessels,
    ``beaded`` quadrants.
    """

    microaneurysms: int = 0
    haemorrhages: int = 0
    clusters: int = 0
    soft_exudates: int = 0
    irma: int = 0
    beaded: int = 0
    on_disc: int = 0
    elsewhere: int = 0
    preretinal: int = 0


def draw_plan(rng: np.random.Generator, grade: int, growth: float = 1.0) -> Plan:
    """What an eye of ``grade`` has. The numbers drawn do not depend on the grade, so that the same
    eye one grade on has what it had, and more. ``growth`` is of red lesions since the first visit.
    """
    return _PLANS[grade](rng.random(8), growth)


def _none(u: np.ndarray, growth: float) -> Plan:
    return Plan()


def _mild(u: np.ndarray, growth: float) -> Plan:
    return Plan(_between(u[0], 1, 10, growth))


def _moderate(u: np.ndarray, growth: float) -> Plan:
    return Plan(
        _between(u[0], 4, 30, growth),
        _between(u[1], 1, 18, growth),
        clusters=_some(u[2], 0.6, 3),
        soft_exudates=_some(u[3], 0.35, 3),
    )


def _severe(u: np.ndarray, growth: float) -> Plan:
    """One of the three criteria of 4-2-1, or two."""
    many, beaded, irma = u[4] < 0.6, 0.45 < u[4] < 0.75, u[4] < 0.15 or u[4] > 0.7
    red = (FOUR_QUADRANTS, 120) if many else (25, 60)
    return Plan(
        _between(u[0], 12, 50, growth),
        _between(u[1], *red, growth),
        clusters=_some(u[2], 0.65, 4),
        soft_exudates=_some(u[3], 0.6, 6),
        irma=1 + int(3 * u[5]) if irma else 0,
        beaded=2 + int(2 * u[5]) if beaded else 0,
    )


def _proliferative(u: np.ndarray, growth: float) -> Plan:
    """New vessels on the disc, elsewhere, or both; sometimes they have bled."""
    return Plan(
        _between(u[0], 12, 50, growth),
        _between(u[1], 20, 90, growth),
        clusters=_some(u[2], 0.65, 4),
        soft_exudates=_some(u[3], 0.5, 5),
        irma=1 + int(3 * u[5]) if u[4] < 0.15 or u[4] > 0.7 else 0,
        beaded=2 + int(2 * u[5]) if 0.45 < u[4] < 0.75 else 0,
        on_disc=int(u[6] < 0.6),
        elsewhere=1 + int(u[5] < 0.4) if u[6] > 0.35 else 0,
        preretinal=int(u[7] < 0.35),
    )


_PLANS: tuple[Callable[[np.ndarray, float], Plan], ...] = (
    _none,
    _mild,
    _moderate,
    _severe,
    _proliferative,
)


def _between(u: float, low: int, high: int, growth: float) -> int:
    """A count from ``low`` to ``high``, small ones more often."""
    return min(round(low * (high / low) ** u * growth), high)


def _some(u: float, chance: float, most: int) -> int:
    """1 to ``most`` with that chance, else 0."""
    return 1 + int(most * u / chance) if u < chance else 0
