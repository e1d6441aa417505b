"""Colour of the fundus: retina, choroid, nerve fibres, disc, cup and vessels.

Everything is a change of log reflectance (an optical depth with its sign turned), so layers add.
Signs that mimic glaucoma (pale temporal rim, scleral ring, atrophy, halo, fibre sheen) are drawn
for both classes alike: only the cup, the rim and the nerve-fibre wedge tell them apart.
"""

from __future__ import annotations

import numpy as np

from glaucam.data.phantoms.disc import bump
from glaucam.data.phantoms.noise import smooth_noise
from glaucam.data.phantoms.polar import Polar
from glaucam.data.phantoms.vessels import VesselLayers
from glaucam.data.phantoms.view import View

_MEAN_PIGMENT = np.log([0.66, 0.31, 0.11])


def draw_pigment(rng: np.random.Generator) -> np.ndarray:
    """Log RGB [3] of the bare fundus, from blond orange to dark brown to olive."""
    dark, olive, blue = rng.normal(0, 0.28), rng.normal(0, 0.18), rng.normal(0, 0.25)
    return _MEAN_PIGMENT + dark * np.array([0.7, 1, 1]) + [-olive / 2, olive / 2, blue + olive]


def paint(
    rng: np.random.Generator, view: View, at: Polar, pigment: np.ndarray,
    vessels: VesselLayers, wedges: tuple[float, ...],
) -> np.ndarray:  # fmt: skip
    """Log reflectance float32 [S,S,3] as a perfect camera would see it."""
    scene = _choroid(rng, view) + pigment.astype(np.float32)
    _macula(rng, scene, at)
    _fibres(rng, scene, at, wedges)
    _halo(rng, scene, at)
    if rng.random() < 0.45:
        _atrophy(rng, scene, at)
    _disc(rng, scene, at, pigment)
    _scleral_ring(rng, scene, at)
    _blood(rng, scene, vessels)
    return scene


def _choroid(rng: np.random.Generator, view: View) -> np.ndarray:
    """Broad patches, tessellation between choroidal vessels, fine mottle."""
    across = view.size / view.scale  # mm
    patches = rng.uniform(0.02, 0.1) * smooth_noise(rng, view.size, across / 2.5)
    ridges = 1 - np.abs(smooth_noise(rng, view.size, across / rng.uniform(0.5, 1.0)))
    ridges += 0.6 * (1 - np.abs(smooth_noise(rng, view.size, across / 0.35)))
    mottle = rng.uniform(0.01, 0.04) * smooth_noise(rng, view.size, across / 0.1)
    tessellation = rng.uniform(0, 0.5) ** 2 * 0.4 * ridges
    return _tinted(patches + tessellation + mottle, (0.6, 1.0, 0.9))


def _macula(rng: np.random.Generator, scene: np.ndarray, at: Polar) -> None:
    """Darker around the fovea (green −20 %), with a pit and sometimes its light reflex."""
    wide, pit, glint = (np.exp(-0.5 * (at.fovea / width) ** 2) for width in (0.8, 0.22, 0.05))
    dark = (
        rng.uniform(0.1, 0.26) * wide + rng.uniform(0.05, 0.2) * pit - rng.uniform(0, 0.3) * glint
    )
    scene -= _tinted(dark, (0.55, 1.0, 1.1))


def _fibres(
    rng: np.random.Generator, scene: np.ndarray, at: Polar, wedges: tuple[float, ...]
) -> None:
    """Nerve-fibre sheen along the arcades, striated; dark where a wedge of fibres is lost."""
    out = np.maximum(at.r - at.outline, 0)
    bend = 14 * np.log1p(out)  # fibres arch towards the temporal raphe as they leave the disc
    bundle = np.where(at.theta < 180, at.theta - bend, at.theta + bend)
    stripes = rng.standard_normal(361, dtype=np.float32)[(bundle.astype(np.int32)) % 361]
    sheen = bump(bundle, 115, 30) + bump(bundle, 245, 30) + 0.3
    sheen *= rng.uniform(0.02, 0.16) * (1 + 0.15 * stripes)
    for wedge in wedges:
        lost = bump(bundle, wedge, rng.uniform(4, 10))
        sheen = sheen * (1 - 0.9 * lost) - rng.uniform(0.06, 0.14) * lost
    scene += _tinted(sheen * np.exp(-out / 1.6), (0.35, 1.0, 1.2))


def _halo(rng: np.random.Generator, scene: np.ndarray, at: Polar) -> None:
    """The retina around the disc is a little brighter, sometimes darker."""
    reach = rng.uniform(0.15, 0.5)  # mm
    halo = rng.uniform(-0.06, 0.25) * np.exp(-np.maximum(at.r - at.outline, 0) / reach)
    scene += _tinted(halo, (0.5, 1.0, 1.0))


def _atrophy(rng: np.random.Generator, scene: np.ndarray, at: Polar) -> None:
    """A peripapillary crescent, mostly temporal, pale or pigmented, with a ragged edge."""
    width = rng.uniform(0.06, 0.32) * bump(at.theta, rng.normal(190, 35), rng.uniform(30, 70))
    ragged = 1 + 0.25 * smooth_noise(rng, at.size, 14)
    inside = _step((at.outline * (1 + width * ragged) - at.r) / rng.uniform(0.03, 0.1))
    inside *= np.clip(width / 0.04, 0, 1)
    tone = rng.uniform(0.1, 0.4) * (1.0 if rng.random() < 0.65 else -1.1)
    blotch = tone * (1 + 0.35 * smooth_noise(rng, at.size, 26))
    scene += _tinted(inside * blotch, (0.5, 1.0, 1.1))


def _disc(rng: np.random.Generator, scene: np.ndarray, at: Polar, pigment: np.ndarray) -> None:
    """A pinkish rim, more so on the nasal side, and a paler cup with a soft edge and a pit."""
    blur = rng.uniform(0.015, 0.07) * (1 + rng.uniform(0, 1.2) * bump(at.theta, 0, 60))  # mm
    inside = _step((at.outline - at.r) / blur)
    tissue = np.broadcast_to(pigment + _rim_tone(rng), scene.shape).astype(np.float32)
    pallor = rng.uniform(0, 0.35) * bump(at.theta, 180, 55) + 0.04 * smooth_noise(rng, at.size, 18)
    tissue += _tinted(pallor * np.clip(at.r / at.outline, 0, 1), (0.15, 0.7, 1.0))
    cup = _cup_pallor(rng, at)
    on_disc = at.r < at.outline
    if on_disc.any():  # a large cup does not make the whole disc paler: colour alone must not tell
        cup -= 0.6 * cup[on_disc].mean()
    tissue += _tinted(cup, (0.16, 0.75, 1.0))
    scene += inside[..., None] * (tissue - scene)


def _rim_tone(rng: np.random.Generator) -> np.ndarray:
    """Log RGB of the rim above the bare fundus."""
    strength = rng.uniform(0.15, 0.95)
    return strength * (np.array([0.14, 0.46, 0.42]) + rng.normal(0, 0.07, 3))


def _cup_pallor(rng: np.random.Generator, at: Polar) -> np.ndarray:
    """How much paler than the rim; the cup slopes on its temporal side and is steep nasally."""
    soft = rng.uniform(0.02, 0.08) * (1 + rng.uniform(0, 1.5) * bump(at.theta, 180, 60))
    in_cup = _step((at.cup - at.r) / soft)
    pit = np.exp(-((at.r / np.maximum(at.cup, 0.2)) ** 2) * rng.uniform(0.5, 1.8))
    pale = rng.uniform(0.25, 1.0) * in_cup * (0.85 + rng.uniform(0, 0.25) * pit)
    if rng.random() < 0.5:  # laminar dots in the cup's floor
        dots = np.maximum(smooth_noise(rng, at.size, at.size / 7) - 0.8, 0)
        pale -= rng.uniform(0, 0.2) * dots * in_cup * pit
    return pale


def _scleral_ring(rng: np.random.Generator, scene: np.ndarray, at: Polar) -> None:
    """A thin bright rim of sclera along part of the disc's edge."""
    thin = rng.uniform(0.02, 0.05)  # mm
    ring = rng.uniform(0, 0.35) * np.exp(-(((at.r - at.outline * 1.01) / thin) ** 2))
    ring *= bump(at.theta, rng.normal(180, 50), rng.uniform(30, 120))
    scene += _tinted(ring, (0.2, 0.8, 1.0))


def _blood(rng: np.random.Generator, scene: np.ndarray, vessels: VesselLayers) -> None:
    """Vessels absorb green and blue; a bright line runs along the thicker ones."""
    strength = rng.uniform(0.6, 1.35)
    artery = strength * rng.uniform(0.4, 0.62) * vessels.artery
    vein = strength * rng.uniform(0.65, 0.95) * vessels.vein
    depth = np.maximum(artery, vein) + 0.2 * np.minimum(artery, vein)
    scene -= _tinted(depth, (rng.uniform(0.12, 0.4), 1.0, rng.uniform(0.5, 0.8)))
    scene += (rng.uniform(0.03, 0.25) * strength * vessels.reflex)[..., None]


def _tinted(change: np.ndarray, tone: tuple[float, float, float]) -> np.ndarray:
    """[S,S] spread over the channels by how strongly each feels it, float32 [S,S,3]."""
    return change.astype(np.float32, copy=False)[..., None] * np.array(tone, np.float32)


def _step(x: np.ndarray) -> np.ndarray:
    """A soft step from 0 to 1 around x = 0."""
    return 0.5 + 0.5 * np.tanh(x)
