"""Colour of the fundus: choroid, macula, nerve fibres, disc and vessels, one over the other.

Everything is a change of log reflectance (an optical depth with its sign turned), so layers add.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import ndimage

from glaucam.data.phantoms.disc import bump
from glaucam.data.phantoms.distractors import SPOTS, paint_distractors
from glaucam.data.phantoms.noise import smooth_noise
from glaucam.data.phantoms.papilla import paint_disc, paint_flame, paint_surroundings
from glaucam.data.phantoms.polar import Polar
from glaucam.data.phantoms.ranges import LESSONS, Ranges
from glaucam.data.phantoms.ribbons import VesselLayers
from glaucam.data.phantoms.signs import Signs
from glaucam.data.phantoms.tint import tinted
from glaucam.data.phantoms.view import View

FIBRE_BEND = 14  # degrees per e-fold of 1 mm + the way from the disc's edge
_MEAN_PIGMENT = np.log([0.66, 0.30, 0.11])


def draw_pigment(rng: np.random.Generator) -> np.ndarray:
    """Log RGB [3] of the bare fundus, from blond orange to dark brown to olive."""
    dark, olive, blue = rng.normal(0, 0.28), rng.normal(0, 0.15), rng.normal(0, 0.25)
    return _MEAN_PIGMENT + dark * np.array([0.7, 1, 1]) + [-olive / 2, olive / 2, blue + olive]


def paint(
    rng: np.random.Generator, view: View, at: Polar, pigment: np.ndarray,
    vessels: VesselLayers, signs: Signs, spots: Sequence[str] = tuple(SPOTS),
    ranges: Ranges = LESSONS,
) -> tuple[np.ndarray, dict[str, np.ndarray]]:  # fmt: skip
    """Log reflectance float32 [S,S,3] as a perfect camera would see it, and where bool [S,S] a
    nerve-fibre ``wedge`` and a ``lesion`` lie, if there are any. ``spots``: which of SPOTS the eye
    may happen to have.
    """
    scene = _choroid(rng, view) + pigment.astype(np.float32)
    _macula(rng, scene, at)
    wedge = _fibres(rng, scene, at, signs)
    paint_surroundings(rng, scene, at, signs.atrophy, ranges)
    paint_disc(rng, scene, at, pigment, signs, ranges)
    _blood(rng, scene, vessels, ranges.haze, view.scale)
    lesion = paint_distractors(rng, scene, view, at, spots)
    if signs.haemorrhage is not None:
        lesion |= paint_flame(rng, scene, at, signs.haemorrhage)
    found = {"wedge": wedge, "lesion": lesion}
    return scene, {name: mask for name, mask in found.items() if mask.any()}


def _choroid(rng: np.random.Generator, view: View) -> np.ndarray:
    """Broad patches, tessellation between choroidal vessels, fine mottle."""
    across = view.size / view.scale  # mm
    patches = rng.uniform(0.02, 0.12) * smooth_noise(rng, view.size, across / 2.5)
    ridges = 1 - np.abs(smooth_noise(rng, view.size, across / rng.uniform(0.3, 0.7)))
    ridges += 0.6 * (1 - np.abs(smooth_noise(rng, view.size, across / 0.25)))
    mottle = rng.uniform(0.005, 0.04) * smooth_noise(rng, view.size, across / 0.1)
    tessellation = rng.uniform(0, 0.5) ** 3 * 0.8 * ridges
    return tinted(patches + tessellation + mottle, (0.7, 1.0, 0.9))


def _macula(rng: np.random.Generator, scene: np.ndarray, at: Polar) -> None:
    """Darker around the fovea (green −20 %), with a pit and sometimes its light reflex."""
    wide, pit, glint = rng.uniform(0.1, 0.26), rng.uniform(0.05, 0.2), rng.uniform(0, 0.3)
    if at.fovea.min() > 3:  # out of the picture
        return
    dark = wide * np.exp(-0.5 * (at.fovea / 0.8) ** 2) + pit * np.exp(-0.5 * (at.fovea / 0.22) ** 2)
    dark -= glint * np.exp(-0.5 * (at.fovea / 0.05) ** 2)
    scene -= tinted(dark, (0.55, 1.0, 1.1))


def _fibres(rng: np.random.Generator, scene: np.ndarray, at: Polar, signs: Signs) -> np.ndarray:
    """Nerve-fibre sheen along the arcades, striated; dark where a wedge of fibres is lost.

    Returns where that is, bool [S,S].
    """
    out = np.maximum(at.r - at.outline, 0)
    bend = FIBRE_BEND * np.log1p(
        out
    )  # fibres arch towards the temporal raphe as they leave the disc
    bundle = np.where(at.theta < 180, at.theta - bend, at.theta + bend)
    stripes = rng.standard_normal(361, dtype=np.float32)[(bundle.astype(np.int32)) % 361]
    sheen = bump(bundle, 115, 30) + bump(bundle, 245, 30) + 0.3
    sheen *= rng.uniform(0.08, 0.26) * signs.fibres * (1 + 0.15 * stripes)
    fading, gone = np.exp(-out / 1.6), np.zeros(out.shape, bool)
    for wedge in signs.wedges:
        lost = bump(bundle, wedge.angle, wedge.width)
        sheen = sheen * (1 - 0.9 * lost) - rng.uniform(0.06, 0.14) * lost
        gone |= (lost * fading > 0.3) & (at.r > at.outline)
    scene += tinted(sheen * fading, (0.35, 1.0, 1.2))
    return gone


def _blood(
    rng: np.random.Generator, scene: np.ndarray, vessels: VesselLayers, haze: float, scale: float
) -> None:
    """Vessels absorb green and blue; a bright line runs along the thicker ones. ``haze``: most of
    what they take from the tissue beside them.
    """
    strength = rng.uniform(0.6, 1.35)
    artery = strength * rng.uniform(0.4, 0.62) * vessels.artery
    vein = strength * rng.uniform(0.65, 0.95) * vessels.vein
    depth = np.maximum(artery, vein) + 0.2 * np.minimum(artery, vein)
    if haze:
        near = scale * rng.uniform(0.04, 0.12)  # mm
        depth = depth + rng.uniform(0, haze) * ndimage.gaussian_filter(depth, near, truncate=2.5)
    scene -= tinted(depth, (rng.uniform(0.15, 0.5), 1.0, rng.uniform(0.5, 0.9)))
    scene += (rng.uniform(0.0, 0.2) * strength * vessels.reflex)[..., None]
