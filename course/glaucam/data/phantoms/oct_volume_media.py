"""What lies in and before a macula, across the slices of a volume."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from glaucam.data.phantoms.noise import smooth_slices
from glaucam.data.phantoms.oct_media import (
    Media,
    draw_choroid,
    draw_clouds,
    draw_grain,
    draw_levels,
    draw_membrane,
)
from glaucam.data.phantoms.oct_retina import Macula

_AVASCULAR = 0.25  # mm around the fovea without vessels
_ALIKE = 0.3  # mm between planes whose choroid and coarse texture are unlike
Stream = Callable[[int], np.random.Generator]  # number → random generator


@dataclass(frozen=True)
class Vessel:
    """A retinal vessel that crosses the slices: at y it is at ``x`` + ``slope`` y + ``bend`` y²."""

    x: float  # mm
    slope: float
    bend: float
    half: float  # mm, half its width
    strength: float

    def seen_in(self, macula: Macula) -> tuple[float, float, float]:
        """(column, half width in columns, strength) in a slice; obliquely cut, it is wider."""
        x, y = macula.x, macula.y
        at = self.x + self.slope * y + self.bend * y**2
        half = self.half * np.hypot(1, self.slope + 2 * self.bend * y)
        strength = self.strength * np.clip((np.hypot(at, y) - _AVASCULAR) / 0.15, 0, 1)
        column = x[1] - x[0]
        return float((at - x[0]) / column), float(half / column), float(strength)


@dataclass(frozen=True)
class VolumeMedia:
    """As Media, for all slices: ``shade`` nats [D,S]; ``membrane`` µm over the retina [S] at the
    fovea's height, to which each mm downwards adds ``rise``.
    """

    levels: np.ndarray
    shade: np.ndarray
    vessels: tuple[Vessel, ...]
    membrane: np.ndarray
    rise: float
    membrane_level: float
    decay: float
    stroma: float

    def of_slice(
        self, row: int, macula: Macula, grain: np.random.Generator, planes: Stream
    ) -> Media:
        """The media of the slice number ``row``.

        Fine texture is the slice's own, from ``grain``; coarse texture and the choroid's vessels
        go over from one plane of ``planes`` into the next.
        """
        size, width = len(macula.x), macula.x[-1] - macula.x[0]
        clouds, choroid = _between(planes, macula.y / _ALIKE, size, width)
        return Media(
            levels=self.levels,
            texture=0.012 * draw_grain(grain, size) + 0.02 * clouds,
            vessels=choroid,
            shade=self.shade[row],
            trunks=tuple(vessel.seen_in(macula) for vessel in self.vessels),
            membrane=np.maximum(self.membrane + self.rise * macula.y, 20),
            membrane_level=self.membrane_level,
            decay=self.decay,
            stroma=self.stroma,
        )


def draw_volume_media(rng: np.random.Generator, maculae: tuple[Macula, ...]) -> VolumeMedia:
    """Drawn without looking at the class."""
    x, height = maculae[0].x, maculae[-1].y - maculae[0].y
    size, per_mm = (len(maculae), len(x)), 1 / (x[-1] - x[0])
    shade = 0.35 * smooth_slices(rng, size, (4 * per_mm * height, 4))
    shade += 0.12 * smooth_slices(rng, size, (45 * per_mm * height, 45))
    return VolumeMedia(
        levels=draw_levels(rng),
        shade=shade - shade.min(axis=1, keepdims=True),
        vessels=tuple(_draw_vessel(rng, x) for _ in range(rng.integers(2, 9))),
        membrane=draw_membrane(rng, x),
        rise=rng.normal(0, 25),
        membrane_level=rng.uniform(0.14, 0.3),
        decay=float(np.exp(rng.normal(np.log(130), 0.35))),
        stroma=rng.uniform(0.36, 0.52),
    )


def _draw_vessel(rng: np.random.Generator, x: np.ndarray) -> Vessel:
    place, slope, bend = rng.uniform(x[0], x[-1]), rng.normal(0, 0.5), rng.normal(0, 0.06)
    return Vessel(place, slope, bend, rng.uniform(0.02, 0.06), rng.uniform(0.15, 1.0))


def _between(
    planes: Stream, place: float, size: int, width: float
) -> tuple[np.ndarray, np.ndarray]:
    """(clouds, choroid) [S,S] at a place counted in planes, of deviation 1 wherever it is."""
    first = int(np.floor(place))
    angle = np.pi / 2 * (place - first)
    clouds, choroid = np.zeros((2, size, size), np.float32)
    for plane, part in ((first, np.cos(angle)), (first + 1, np.sin(angle))):
        rng = planes(plane)
        clouds += np.float32(part) * draw_clouds(rng, size)
        choroid += np.float32(part) * draw_choroid(rng, size, width)
    return clouds, choroid
