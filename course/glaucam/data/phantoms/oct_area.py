"""Where a disease is drawn: in the plane of one scan, or in the slices of a volume."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from glaucam.data.phantoms.noise import smooth_field, smooth_slices
from glaucam.data.phantoms.oct_retina import Macula

_MARGIN = 0.5  # mm from a scan's end
_MACULA = 2.2  # mm from the fovea


@dataclass(frozen=True)
class Area:
    """Columns ``x`` mm [S], slices ``y`` mm [D]; ``middle`` mm, the y around which a disease lies.

    A single scan is one slice, cut through the middle.
    """

    x: np.ndarray
    y: np.ndarray
    middle: float

    @property
    def flat(self) -> bool:
        """Whether it is one scan's plane."""
        return len(self.y) == 1

    def inside(self, x: float) -> float:
        """``x`` mm, moved to where a lesion's centre may lie: in the scan, within the macula."""
        return float(np.clip(x, *_reach(self.x)))

    def rough(self, rng: np.random.Generator, scale: float) -> np.ndarray:
        """Smooth noise with features of ``scale`` mm, [D,S]."""
        shape, across = (len(self.y), len(self.x)), (self.x[-1] - self.x[0]) / scale
        if self.flat:
            return smooth_field(rng, shape, (1, across))
        return smooth_slices(rng, shape, ((self.y[-1] - self.y[0]) / scale, across))


def area_of(macula: Macula) -> Area:
    """The plane of one scan."""
    return Area(macula.x, np.array([macula.y]), macula.y)


def area_across(rng: np.random.Generator, maculae: Sequence[Macula]) -> Area:
    """All slices of a volume; the disease lies about the fovea."""
    y = np.array([macula.y for macula in maculae])
    return Area(maculae[0].x, y, float(np.clip(rng.normal(0, 0.45), *_reach(y))))


def columns(x: np.ndarray, width: float) -> int:
    """``width`` mm in columns, at least one."""
    return max(1, round(width / (x[1] - x[0])))


def _reach(places: np.ndarray) -> tuple[float, float]:
    return max(places[0] + _MARGIN, -_MACULA), min(places[-1] - _MARGIN, _MACULA)
