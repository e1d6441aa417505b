"""The slices of a volume: one macula in two dimensions, and how it moved between them."""

from __future__ import annotations

import numpy as np

from glaucam.data.phantoms.noise import smooth_slices
from glaucam.data.phantoms.oct_retina import (
    TISSUES,
    Build,
    Macula,
    bend,
    draw_columns,
    draw_meridian,
    normal_thickness,
    placed,
)

_HEIGHT = 0.75  # of a volume's width: 20° × 15°
_JUMPS = 0.08  # of the slices: the eye looked elsewhere


def draw_maculae(
    rng: np.random.Generator, build: Build, size: int, slices: int
) -> tuple[Macula, ...]:
    """The slices of a healthy macula of that person, from above to below.

    Layers, their unrest and the eye wall's shape are functions of x and y, so that neighbours are
    alike; what the scanner's tracking left over shifts and tilts each slice on its own.
    """
    width, x = draw_columns(rng, size)
    meridian, height = draw_meridian(rng), _HEIGHT * width
    y = ((np.arange(slices) + 0.5) / slices - 0.5) * height - rng.normal(0, 0.055 * height)
    thickness = normal_thickness(x, build.pit, meridian, build.side, y[:, None])
    thickness = thickness * build.scales[:, None, None]
    thickness = thickness * (1 + 0.035 * _unrest(rng, len(TISSUES), (y, x), 0.7))
    shape = (
        bend(rng, x, width) + bend(rng, y, height)[:, None] + 5 * _unrest(rng, 1, (y, x), 1.5)[0]
    )
    bruch = placed(rng, shape + _motion(rng, x, slices), thickness.sum(axis=0))
    return tuple(
        Macula(x, thickness[:, k], bruch[k], build.choroid, build.side, meridian, float(y[k]))
        for k in range(slices)
    )


def _motion(rng: np.random.Generator, x: np.ndarray, slices: int) -> np.ndarray:
    """µm [D,S] by which each slice lies deeper: small shifts and tilts, and a jump now and then."""
    jumped = rng.random(slices) < _JUMPS
    shift = rng.normal(0, 5, slices) + np.cumsum(jumped * rng.normal(0, 40, slices))
    tilt = rng.normal(0, 1.5, slices) + np.cumsum(jumped * rng.normal(0, 5, slices))
    return shift[:, None] + tilt[:, None] * x


def _unrest(
    rng: np.random.Generator, rows: int, places: tuple[np.ndarray, np.ndarray], scale: float
) -> np.ndarray:
    """Smooth noise with features of ``scale`` mm over ``places`` (y [D], x [S]), [rows,D,S]."""
    shape = (len(places[0]), len(places[1]))
    cells = ((places[0][-1] - places[0][0]) / scale, (places[1][-1] - places[1][0]) / scale)
    return np.stack([smooth_slices(rng, shape, cells) for _ in range(rows)])
