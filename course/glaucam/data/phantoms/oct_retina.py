"""A healthy macula in cross-section: layer thickness by distance from the fovea.

Lengths across are mm from the fovea's centre, depths and thicknesses µm, downwards.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from glaucam.data.phantoms.noise import smooth_field

FRAME = 1920.0  # µm of depth in a scan: 496 px of 3.87 µm
_RINGS = (1.0, 2.25)  # mm: the middle of the pericentral and of the peripheral ring
_SUBFIELD = 0.5  # mm, radius of the central subfield

# µm: central subfield | pericentral superior, nasal, inferior, temporal | peripheral, the same
_THICKNESS = {
    "rnfl": (10.8, (23, 20, 25, 17), (38, 46, 39, 19)),
    "gcl": (12.3, (52, 50, 51, 47), (37, 40, 34, 37)),
    "ipl": (18.3, (41, 42, 41, 41), (30, 31, 28, 33)),
    "inl": (15.3, (40, 38, 40, 36), (32, 35, 32, 34)),
    "opl": (23.5, (33, 32, 36, 31), (26, 28, 27, 26)),
    "onl": (88.4, (67, 73, 60, 70), (58, 56, 50, 56)),
    "photoreceptors": (72.7, (67, 68, 66, 68), (66, 66, 64, 66)),
    "rpe": (17.5, (16, 16, 15, 15), (14, 14, 14, 14)),
}
TISSUES = tuple(_THICKNESS)
ROW = {name: row for row, name in enumerate(TISSUES)}
_MERIDIANS = {"horizontal": (1, 3), "vertical": (0, 2)}  # nasal, temporal | superior, inferior
_OTHER = {"horizontal": "vertical", "vertical": "horizontal"}


@dataclass(frozen=True)
class Macula:
    """``x`` mm [S]; ``thickness`` µm [8,S] of TISSUES; ``bruch`` µm [S] below the frame's top.

    ``choroid`` is its thickness in µm; ``side`` +1 where the nose is to the right; ``y`` mm how far
    the scan passes beside the fovea.
    """

    x: np.ndarray
    thickness: np.ndarray
    bruch: np.ndarray
    choroid: float
    side: int
    meridian: str
    y: float = 0.0

    @property
    def radius(self) -> np.ndarray:
        """Distance from the fovea's centre, mm [S]."""
        return np.hypot(self.x, self.y)

    @property
    def inner_limit(self) -> np.ndarray:
        """The retina's surface, µm [S] below the frame's top."""
        return self.bruch - self.thickness.sum(axis=0)

    def lowered(self, by: float) -> Macula:
        """The same, ``by`` µm further down in the frame."""
        return replace(self, bruch=self.bruch + by)

    def thinned(self, step: int) -> Macula:
        """Every ``step``-th column alone."""
        x, thickness, bruch = (a[..., ::step] for a in (self.x, self.thickness, self.bruch))
        return replace(self, x=x, thickness=thickness, bruch=bruch)


@dataclass(frozen=True)
class Build:
    """What the scans of one person share."""

    scales: np.ndarray  # [8], factor of each layer's thickness
    pit: float  # mm, radius of the foveal pit
    choroid: float
    side: int


def draw_build(rng: np.random.Generator) -> Build:
    """A person: total thickness ± 9 %, each layer ± 7 %, choroid 293 ± 94 µm."""
    scales = np.exp(rng.normal(0, 0.09) + rng.normal(0, 0.07, len(TISSUES)))
    scales[ROW["photoreceptors"] :] **= 0.5  # the outer layers vary less
    choroid = float(np.clip(rng.normal(293, 94), 110, 520))
    return Build(scales, rng.uniform(0.38, 0.64), choroid, int(rng.choice([-1, 1])))


def draw_macula(rng: np.random.Generator, build: Build, size: int) -> Macula:
    """A healthy scan of that person: its width, its place in the frame, tilt and curvature."""
    width, x = draw_columns(rng, size)
    meridian = draw_meridian(rng)
    thickness = normal_thickness(x, build.pit, meridian, build.side) * build.scales[:, None]
    thickness = thickness * (1 + 0.035 * _waves(rng, len(TISSUES), size, width / 0.7))
    bruch = placed(rng, bend(rng, x, width), thickness.sum(axis=0))
    return Macula(x, thickness, bruch, build.choroid, build.side, meridian)


def draw_columns(rng: np.random.Generator, size: int) -> tuple[float, np.ndarray]:
    """A scan's width in mm, and its columns' distances from the fovea, mm [S]."""
    width = float(rng.choice([5.8, 8.7, 4.4], p=[0.6, 0.28, 0.12])) * rng.uniform(0.95, 1.05)
    return width, ((np.arange(size) + 0.5) / size - 0.5) * width - rng.normal(0, 0.055 * width)


def draw_meridian(rng: np.random.Generator) -> str:
    """Which way the scanner goes."""
    return "horizontal" if rng.random() < 0.85 else "vertical"


def normal_thickness(
    x: np.ndarray, pit: float, meridian: str, side: int, y: float | np.ndarray = 0.0
) -> np.ndarray:
    """µm [8,S], or [8,D,S] for ``y`` [D,1]: the mean over the central subfield and the rings'
    middles follow the table; between two sectors' middles a layer goes over by cos².

    Inside the pit, of radius ``pit`` mm, a layer goes over into its thickness at the centre by a
    Gaussian; where the table would ask for less than nothing there, the layer ends. ``y`` mm from
    the fovea, across the scan: downwards, in vertical scans to the right.
    """
    along, across = _sectors(x, meridian, side), _sectors(y, _OTHER[meridian], side)
    r = np.hypot(x, y)
    share = np.where(r > 0, x**2, 1) / np.where(r > 0, x**2 + np.square(y), 1)  # cos²
    inside, ends = np.exp(-((r / pit) ** 2)), _MERIDIANS[meridian]
    covered = (pit / _SUBFIELD) ** 2 * (1 - np.exp(-((_SUBFIELD / pit) ** 2)))
    rows = []
    for fovea, inner, outer in _THICKNESS.values():
        near, far = (
            share * np.array(ring)[along] + (1 - share) * np.array(ring)[across]
            for ring in (inner, outer)
        )
        slope = (far - near) / (_RINGS[1] - _RINGS[0])
        around = np.maximum(near + slope * np.clip(r - _RINGS[0], 0, 2.4), 0.4 * near)
        mean = (inner[ends[0]] + inner[ends[1]]) / 2
        centre = max((fovea - (1 - covered) * mean) / covered, 0.0)
        rows.append(around + (centre - around) * inside)
    return np.array(rows)


def _sectors(places: float | np.ndarray, meridian: str, side: int) -> np.ndarray:
    """Each place's column of the table, for places mm along a meridian."""
    first = np.multiply(places, side) >= 0 if meridian == "horizontal" else np.less(places, 0)
    return np.where(first, *_MERIDIANS[meridian])


def bend(rng: np.random.Generator, x: np.ndarray, width: float) -> np.ndarray:
    """The eye wall's shape in the frame, µm [S]: tilt, curvature and a little unrest."""
    tilt, curvature = rng.normal(0, 26), rng.normal(5, 7)
    if width > 7:  # a wide scan shows more of the globe
        curvature = abs(curvature) + 4
    shape = tilt * x - curvature * x**2
    return shape + 5 * _waves(rng, 1, len(x), width / 1.5)[0]


def placed(rng: np.random.Generator, shape: np.ndarray, total: np.ndarray) -> np.ndarray:
    """Bruch's membrane in the frame: anywhere that keeps the retina and some choroid inside.

    ``shape`` and the retina's ``total`` thickness µm, [S] or [D,S].
    """
    shape = shape - shape.mean()
    highest, lowest = (shape - total).min(), shape.max()
    room = FRAME - 120 - (lowest - highest)
    if room < 0:  # too steep for the frame: flatten it
        return placed(rng, 0.8 * shape, total)
    middle = np.clip(rng.normal(0.36, 0.16), 0.1, 0.8)
    return shape - highest + 120 + 0.9 * middle * room


def _waves(rng: np.random.Generator, rows: int, size: int, cells: float) -> np.ndarray:
    """Smooth noise along x for each of ``rows`` rows."""
    return np.concatenate([smooth_field(rng, (1, size), (1, cells)) for _ in range(rows)])
