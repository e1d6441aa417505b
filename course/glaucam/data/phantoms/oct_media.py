"""What lies in and before a macula besides its layers: brightness, texture, vessels, membrane.

Grey levels are of a usual display, 0 black to 1 white. The vitreous sends back nothing; what shows
there is the noise floor.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from glaucam.data.phantoms.noise import smooth_field
from glaucam.data.phantoms.oct_parameters import LAYERS

FLOOR = 0.09
STEPS = 24  # of the grey profile within a layer

# grey level at (fraction of the layer's depth, …)
_PROFILES = {
    "vitreous": ((0, FLOOR), (1, FLOOR)),
    "rnfl": ((0, 0.66), (0.6, 0.68), (1, 0.52)),
    "gcl": ((0, 0.40), (1, 0.37)),
    "ipl": ((0, 0.39), (1, 0.41)),
    "inl": ((0, 0.31), (0.5, 0.28), (1, 0.30)),
    "opl": ((0, 0.38), (0.5, 0.42), (1, 0.32)),
    "onl": ((0, 0.27), (0.4, 0.23), (1, 0.21)),
    # the limiting membrane, the myoid (dark), the ellipsoid zone, outer segments, their tips
    "photoreceptors": ((0, 0.33), (0.10, 0.30), (0.16, 0.22), (0.36, 0.25), (0.42, 0.74),
                       (0.58, 0.74), (0.64, 0.48), (0.76, 0.46), (0.82, 0.62), (1, 0.66)),
    "subretinal": ((0, 0.10), (1, 0.10)),
    "rpe": ((0, 0.76), (1, 0.70)),
    "sub_rpe": ((0, 0.4), (1, 0.36)),
    "choroid": ((0, FLOOR), (1, FLOOR)),  # by depth instead, see oct_light
    "sclera": ((0, FLOOR), (1, FLOOR)),
}  # fmt: skip


@dataclass(frozen=True)
class Media:
    """What lies in and before a macula besides its layers, alike in all classes.

    ``levels`` [13 · steps]: the scan's own grey profile; ``texture``, ``vessels`` (of the choroid)
    smooth noise [S,S]; ``shade`` how much each column loses, in nats [S]; ``trunks`` (column,
    half width in columns, strength) of retinal vessels; ``membrane`` µm of the vitreous' back
    surface over the retina [S], NaN where it is not seen; ``decay`` µm of the choroid's light.
    """

    levels: np.ndarray
    texture: np.ndarray
    vessels: np.ndarray
    shade: np.ndarray
    trunks: tuple[tuple[float, float, float], ...]
    membrane: np.ndarray
    membrane_level: float
    decay: float
    stroma: float


def draw_media(rng: np.random.Generator, x: np.ndarray) -> Media:
    """Drawn without looking at the class."""
    size, width = len(x), x[-1] - x[0]
    trunks = tuple(
        (rng.uniform(0, size), rng.uniform(0.02, 0.06) * size / width, rng.uniform(0.15, 1.0))
        for _ in range(rng.integers(1, 8))
    )
    grain = draw_grain(rng, size)
    shade = 0.35 * smooth_field(rng, (1, size), (1, 4))[0]
    shade += 0.12 * smooth_field(rng, (1, size), (1, 45))[0]
    return Media(
        levels=draw_levels(rng),
        texture=0.012 * grain + 0.02 * draw_clouds(rng, size),
        vessels=draw_choroid(rng, size, width),
        shade=shade - shade.min(),
        trunks=trunks,
        membrane=draw_membrane(rng, x),
        membrane_level=rng.uniform(0.14, 0.3),
        decay=float(np.exp(rng.normal(np.log(130), 0.35))),
        stroma=rng.uniform(0.36, 0.52),
    )


def draw_levels(rng: np.random.Generator) -> np.ndarray:
    """The grey profile of all layers, each a little brighter or darker than usual."""
    at = (np.arange(STEPS) + 0.5) / STEPS
    contrast, rows = np.exp(rng.normal(0, 0.07)), []
    for name in LAYERS:
        places, levels = np.transpose(_PROFILES[name])
        level = np.interp(at, places, levels)
        rows.append(FLOOR + contrast * (level - FLOOR) * np.exp(rng.normal(0, 0.06)))
    return np.concatenate([*rows, rows[-1][-1:]])


def draw_grain(rng: np.random.Generator, size: int) -> np.ndarray:
    """The tissue's fine texture, [S,S]."""
    return smooth_field(rng, (size, size), (110, 40))


def draw_clouds(rng: np.random.Generator, size: int) -> np.ndarray:
    """The tissue's coarse texture, [S,S]."""
    return smooth_field(rng, (size, size), (9, 6))


def draw_choroid(rng: np.random.Generator, size: int, width: float) -> np.ndarray:
    """Positive in the choroid's vessels, [S,S]: small ones and large ones."""
    fine = smooth_field(rng, (size, size), (1.92 / 0.05, width / 0.10))
    large = smooth_field(rng, (size, size), (1.92 / 0.1, width / 0.22))
    return 0.45 * fine + 0.75 * large


def draw_membrane(rng: np.random.Generator, x: np.ndarray) -> np.ndarray:
    """µm over the retina, [S]; NaN where nothing shows, in two thirds of the scans everywhere."""
    height = np.full(len(x), np.nan)
    for side in (-1, 1):
        if rng.random() < 0.25:
            away = side * x - rng.uniform(0, 0.6)
            reach = rng.uniform(0.5, 0.3 * (x[-1] - x[0]))
            seen = (away > 0) & (away < reach)
            rise = rng.uniform(120, 420) * (1 - np.exp(-away / rng.uniform(0.5, 1.5)))
            height[seen] = rise[seen]
    return height
