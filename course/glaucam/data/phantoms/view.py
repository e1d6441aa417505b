"""The camera's view: where an eye's millimetres fall in the photo's pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

FIELD_45 = 12.5  # mm of retina across a 45° field of view: a disc of 1.6 mm is .13 of it


@dataclass(frozen=True)
class View:
    """``scale`` px per mm; ``disc`` (x, y) px of the disc's centre; ``side`` +1: nose right.

    The field of view is a circle of ``radius`` px around ``centre``, cut above and below at
    ``half_height`` px; a crop has a radius larger than the picture.
    """

    kind: str
    size: int
    scale: float
    disc: tuple[float, float]
    side: int
    centre: tuple[float, float]
    radius: float
    half_height: float

    @property
    def is_crop(self) -> bool:
        """Whether it is cut to the disc, and shows no whole field."""
        return self.kind in ("crop", "close")

    def pixels(self, points: np.ndarray) -> np.ndarray:
        """px [K,2] of eye coordinates in mm [K,2]."""
        return np.asarray(self.disc) + np.asarray(points) * (self.side * self.scale, -self.scale)

    def grid(self) -> tuple[np.ndarray, np.ndarray]:
        """Eye coordinates x, y in mm of every pixel's centre, each float32 [size,size]."""
        at = np.arange(self.size, dtype=np.float32) + 0.5
        x = (at - float(self.disc[0])) / float(self.side * self.scale)
        y = (float(self.disc[1]) - at) / float(self.scale)
        return np.broadcast_arrays(x[None, :], y[:, None])  # type: ignore[return-value]

    def reach(self) -> tuple[np.ndarray, float]:
        """Centre and radius in mm of a circle that holds all that the picture shows."""
        middle = np.full(2, self.size / 2) - self.disc
        centre = middle / (self.side * self.scale, -self.scale)
        return centre, min(self.size * 0.72, self.radius * 1.1) / self.scale

    def field_distance(self) -> np.ndarray:
        """How far inside the field each pixel lies, px, float32 [size,size]; negative outside."""
        at = np.arange(self.size, dtype=np.float32) + 0.5
        return self._depth(at[None, :] - float(self.centre[0]), at[:, None] - float(self.centre[1]))

    def shows(self, points: np.ndarray, margin: float = 0.0) -> np.ndarray:
        """Whether points mm [K,2] lie in the field and the picture, ``margin`` mm inside, bool."""
        at, far = self.pixels(points), margin * self.scale
        inside = self._depth(*(at - self.centre).T) > far
        return inside & ((at > far) & (at < self.size - far)).all(axis=1)

    def _depth(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """px inside the field, at px from its centre."""
        return np.minimum(self.radius - np.hypot(x, y), self.half_height - np.abs(y))

    @property
    def middle(self) -> np.ndarray:
        """Eye coordinates [2] of the field's centre, mm."""
        return (np.array(self.centre) - self.disc) / (self.side * self.scale, -self.scale)


def canvas_of(views: Sequence[View]) -> View:
    """The least square that holds all ``views`` of an eye, as fine as the finest but not more than
    twice as wide in px. A single view is its own canvas.
    """
    if len(views) == 1:
        return views[0]
    corners = np.array([[-np.array(v.disc), v.size - np.array(v.disc)] for v in views])
    corners /= np.array([v.scale for v in views])[:, None, None]  # mm, right and down of the disc
    least, most = corners[:, 0].min(axis=0), corners[:, 1].max(axis=0)
    across = float((most - least).max())
    size = int(np.ceil(min(max(v.scale for v in views) * across, 2 * views[0].size)))
    scale = size / across
    x, y = -least * scale
    middle = (size / 2, size / 2)
    return View(views[0].kind, size, scale, (x, y), views[0].side, middle, size, size)


def framed(scene: np.ndarray, canvas: View, view: View) -> np.ndarray:
    """The part of a painted canvas, float32 [C,C,3], that ``view`` shows, [S,S,3]."""
    if canvas is view:
        return scene
    channels = [_cut(scene[..., c], canvas, view) for c in range(scene.shape[2])]
    return np.stack(channels, axis=-1)


def framed_mask(mask: np.ndarray, canvas: View, view: View) -> np.ndarray:
    """The part of a canvas' mask, bool [C,C], that ``view`` shows, [S,S]."""
    return mask if canvas is view else _cut(mask.astype(np.float32), canvas, view) > 0.5


def _cut(channel: np.ndarray, canvas: View, view: View) -> np.ndarray:
    zoom = canvas.scale / view.scale
    start = np.array(canvas.disc) - np.array(view.disc) * zoom
    box = np.clip([*start, *(start + view.size * zoom)], 0, canvas.size)
    whole = Image.fromarray(np.ascontiguousarray(channel, np.float32))
    shown = whole.resize((view.size, view.size), Image.Resampling.BICUBIC, box=tuple(box))
    return np.asarray(shown)


def draw_view(
    rng: np.random.Generator, kind: str, size: int, side: int, diameter: float, fovea: np.ndarray
) -> View:
    """A view of ``kind`` on a disc of ``diameter`` mm whose fovea lies at ``fovea`` mm."""
    if kind == "crop":
        return _draw_crop(rng, size, side, diameter)
    if kind == "close":
        return _draw_close(rng, size, side, diameter)
    across = FIELD_45 * rng.choice([1.0, 1.08, 0.72], p=[0.6, 0.2, 0.2]) * rng.uniform(0.94, 1.06)
    if kind == "macula":
        across = max(across, FIELD_45 * 0.94)  # narrower than 45° would lose the disc
    radius = size * rng.uniform(0.46, 0.5)
    scale = 2 * radius / across
    aim = fovea if kind == "macula" else 0.15 * fovea
    aim = aim + rng.normal(0, 0.03 * across, 2)
    centre = size / 2 + rng.normal(0, 0.006 * size, 2)
    disc = centre - aim * (side * scale, -scale)
    cut = rng.uniform(0.8, 0.97) if rng.random() < 0.4 else 1.1
    return View(kind, size, scale, tuple(disc), side, tuple(centre), radius, cut * radius)


def _draw_crop(rng: np.random.Generator, size: int, side: int, diameter: float) -> View:
    """The disc takes .33 to .74 of the crop; sometimes the field's edge shows in a corner."""
    scale = size * rng.uniform(0.33, 0.74) / diameter
    disc = size / 2 + rng.normal(0, 0.04 * size, 2)
    radius = size * (rng.uniform(0.6, 0.8) if rng.random() < 0.2 else 4)
    centre = size / 2 + rng.normal(0, 0.06 * size, 2)
    return View("crop", size, scale, tuple(disc), side, tuple(centre), radius, 4.0 * size)


def _draw_close(rng: np.random.Generator, size: int, side: int, diameter: float) -> View:
    """As a grader cuts it: 1.6 disc diameters around the disc, hardly wrong in place and size."""
    scale = size / (1.6 * diameter) * np.exp(rng.normal(0, 0.03))
    disc = size / 2 + rng.normal(0, 0.02 * size, 2)
    return View(
        "close", size, scale, tuple(disc), side, (size / 2, size / 2), 4.0 * size, 4.0 * size
    )
