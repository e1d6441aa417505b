"""Where in an eye lesions lie: places on the retina that each of its pictures shows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from glaucam.data.phantoms.disc import Disc
from glaucam.data.phantoms.eye import Eye
from glaucam.data.phantoms.tissue import FIBRE_BEND
from glaucam.data.phantoms.view import View

_MARGIN = 0.3  # mm from the field's edge
_CANDIDATES = 6000


@dataclass(frozen=True)
class Ground:
    """``places`` mm [K,2] in random order, denser in some parts than in others, and the
    ``quadrants`` int [K] they lie in: 0 to 3, around the middle of the first picture's field.
    """

    eye: Eye
    places: np.ndarray
    quadrants: np.ndarray

    @property
    def disc(self) -> Disc:
        return self.eye.disc

    @property
    def view(self) -> View:
        return self.eye.views[0]

    def holds(self, points: np.ndarray) -> np.ndarray:
        """Whether points mm [K,2] are retina that all pictures show, bool [K]."""
        return _holds(self.eye, points)

    def place(self, rng: np.random.Generator, quadrant: int | None = None) -> np.ndarray:
        """One of the places, of a quadrant if that is asked for, mm [2]."""
        among = self.places if quadrant is None else self.places[self.quadrants == quadrant]
        return among[rng.integers(len(among))]

    def near(self, rng: np.random.Generator, point: np.ndarray, within: float) -> np.ndarray:
        """One of the places, the rarer the farther from ``point``: e-fold each ``within`` mm."""
        away = np.hypot(*(self.places - point).T)
        chance = np.exp(-(away - away.min()) / within)
        return self.places[rng.choice(len(away), p=chance / chance.sum())]


def draw_ground(rng: np.random.Generator, eye: Eye) -> Ground:
    """Candidates spread over the first picture's field, thinned where lesions are rare."""
    first = eye.views[0]
    r = first.radius / first.scale * np.sqrt(rng.random(_CANDIDATES))
    angle = rng.uniform(0, 2 * np.pi, _CANDIDATES)
    points = first.middle + r[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    waves, phases = rng.normal(0, 0.7, (3, 2)), rng.uniform(0, 2 * np.pi, 3)  # rad per mm
    density = 0.6 * np.sin(points @ waves.T + phases).sum(axis=1)
    kept = points[(np.log(rng.random(_CANDIDATES)) < density - 1.8) & _holds(eye, points)]
    return Ground(eye, kept, quadrant_of(first, kept))


def quadrant_of(view: View, points: np.ndarray) -> np.ndarray:
    """0 to 3, int [K], of points mm [K,2] around the middle of the field."""
    x, y = (points - view.middle).T
    return (x > 0) + 2 * (y > 0)


def along_fibres(disc: Disc, point: np.ndarray) -> float:
    """Direction of the nerve fibres at a point, degrees; they arch as ``tissue`` paints them."""
    r, theta = np.hypot(*point), np.degrees(np.arctan2(point[1], point[0])) % 360
    turn = FIBRE_BEND / (1 + max(r - disc.outline_at(theta), 0)) * (1 if theta < 180 else -1)
    return float(theta + np.degrees(np.arctan(r * np.deg2rad(turn))))


def _holds(eye: Eye, points: np.ndarray) -> np.ndarray:
    theta = np.degrees(np.arctan2(points[:, 1], points[:, 0])) % 360
    off_disc = np.hypot(*points.T) > 1.1 * eye.disc.outline_at(theta)
    return off_disc & np.all([view.shows(points, _MARGIN) for view in eye.views], axis=0)
