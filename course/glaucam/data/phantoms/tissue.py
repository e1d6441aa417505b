"""Colour of the fundus: retina, choroid, nerve fibres, disc, cup and vessels, as reflectance RGB.

Signs that mimic glaucoma (pale temporal rim, scleral ring, atrophy, halo, fibre sheen) are drawn for
both classes alike, so that only the cup, the rim and the nerve-fibre wedge tell them apart.
"""

from __future__ import annotations

import numpy as np

from glaucam.data.phantoms.disc import Disc, bump
from glaucam.data.phantoms.noise import smooth_noise
from glaucam.data.phantoms.vessels import VesselLayers
from glaucam.data.phantoms.view import View

Pigment = np.ndarray  # RGB of the bare fundus, float [3]


def draw_pigment(rng: np.random.Generator) -> Pigment:
    """From blond orange to dark brown to olive, in log RGB around (.66, .31, .11)."""
    dark, olive, blue = rng.normal(0, 0.28), rng.normal(0, 0.22), rng.normal(0, 0.3)
    log = np.log([0.66, 0.31, 0.11])
    return np.exp(log + dark * np.array([0.7, 1, 1]) + [-0.5 * olive, 0.5 * olive, blue + olive])


def paint(
    rng: np.random.Generator, view: View, disc: Disc, fovea: np.ndarray, pigment: Pigment,
    vessels: VesselLayers, wedges: tuple[float, ...],
) -> np.ndarray:  # fmt: skip
    """Reflectance float32 [S,S,3] as a perfect camera would see it."""
    x, y = view.grid()
    r, theta = np.hypot(x, y), np.degrees(np.arctan2(y, x)) % 360
    outline, cup = disc.outline_at(theta), disc.cup_at(theta)
    r, theta, outline, cup = (a.astype(np.float32) for a in (r, theta, outline, cup))
    color = _background(rng, view, pigment)
    color = _macula(rng, color, np.hypot(x - fovea[0], y - fovea[1]))
    color = _fibres(rng, color, r, theta, outline, wedges)
    color = _surround(rng, color, view.size, r, theta, outline)
    color = _disc(rng, color, pigment, view.size, r, theta, outline, cup)
    return _blood(rng, color, vessels)


def _background(rng: np.random.Generator, view: View, pigment: Pigment) -> np.ndarray:
    """Choroid and pigment: patches, tessellation between choroidal vessels, fine mottle."""
    across = view.size / view.scale  # mm
    patches = 0.10 * smooth_noise(rng, view.size, across / 2.5)
    ridges = 1 - np.abs(smooth_noise(rng, view.size, across / rng.uniform(0.5, 1.0)))
    ridges += 0.6 * (1 - np.abs(smooth_noise(rng, view.size, across / 0.35)))
    mottle = 0.03 * smooth_noise(rng, view.size, across / 0.1)
    tessellation = rng.uniform(0, 0.13) * ridges * (0.6 + 0.4 * np.tanh(patches * 10))
    depth = patches + tessellation + mottle
    tone = np.array([0.6, 1.0, 0.9], np.float32)
    return pigment.astype(np.float32) * np.exp(depth[..., None] * tone)


def _macula(rng: np.random.Generator, color: np.ndarray, r: np.ndarray) -> np.ndarray:
    """Darker around the fovea (green −20 %), with a pit and sometimes its light reflex."""
    wide, pit = np.exp(-0.5 * (r / 0.8) ** 2), np.exp(-0.5 * (r / 0.22) ** 2)
    dark = rng.uniform(0.1, 0.26) * wide + rng.uniform(0.05, 0.2) * pit
    color = color * np.exp(-dark[..., None] * np.array([0.55, 1, 1.1], np.float32))
    glint = rng.uniform(0, 0.06) * np.exp(-0.5 * (r / 0.05) ** 2)
    return color + glint[..., None].astype(np.float32)


def _fibres(
    rng: np.random.Generator, color: np.ndarray, r: np.ndarray, theta: np.ndarray,
    outline: np.ndarray, wedges: tuple[float, ...],
) -> np.ndarray:  # fmt: skip
    """Nerve-fibre sheen along the arcades, striated; dark where a wedge of fibres is lost."""
    out = np.maximum(r - outline, 0)
    bend = 14 * np.log1p(out)  # fibres arch towards the temporal raphe as they leave the disc
    bundle = np.where(theta < 180, theta - bend, theta + bend)
    stripes = np.interp(bundle, np.arange(-90, 450, 1.5), rng.standard_normal(360))
    thick = bump(bundle, 115, 30) + bump(bundle, 245, 30) + 0.3
    sheen = rng.uniform(0.02, 0.16) * thick * (1 + 0.25 * stripes)
    for wedge in wedges:
        lost = bump(bundle, wedge, rng.uniform(4, 10))
        sheen = sheen * (1 - 0.9 * lost) - rng.uniform(0.06, 0.14) * lost
    sheen = sheen * np.exp(-out / 1.6) * (r > 0.6 * outline)
    tone = np.array([0.35, 1.0, 1.2], np.float32)
    return color * np.exp(sheen.astype(np.float32)[..., None] * tone)


def _surround(
    rng: np.random.Generator, color: np.ndarray, size: int, r: np.ndarray, theta: np.ndarray,
    outline: np.ndarray,
) -> np.ndarray:  # fmt: skip
    """Around the disc: a halo, and often a crescent of atrophy, pale or pigmented, temporal."""
    halo = rng.uniform(-0.05, 0.22) * np.exp(-np.maximum(r - outline, 0) / rng.uniform(0.15, 0.5))
    color = color * np.exp(halo[..., None] * np.array([0.5, 1, 1], np.float32))
    if rng.random() < 0.45:
        width = rng.uniform(0.06, 0.32) * bump(theta, rng.normal(190, 35), rng.uniform(30, 70))
        ragged = 1 + 0.25 * smooth_noise(rng, size, 14)
        inside = _step((outline * (1 + width * ragged) - r) / 0.03) * (width > 0.02)
        pale = rng.choice([-1, 1], p=[0.4, 0.6]) * rng.uniform(0.12, 0.45)
        blotch = pale * (1 + 0.35 * smooth_noise(rng, size, 26))
        color = color * np.exp((inside * blotch)[..., None] * np.array([0.5, 1, 1.1], np.float32))
    return color


def _disc(
    rng: np.random.Generator, color: np.ndarray, pigment: Pigment, size: int, r: np.ndarray,
    theta: np.ndarray, outline: np.ndarray, cup: np.ndarray,
) -> np.ndarray:  # fmt: skip
    """Rim pinkish, cup paler with a soft edge and a pit; scleral ring and temporal pallor at times."""
    contrast = rng.uniform(0.55, 1.2)
    rim = pigment * np.exp(contrast * (np.array([0.32, 0.62, 0.75]) + rng.normal(0, 0.08, 3)))
    inside = _step((outline - r) / rng.uniform(0.012, 0.05))
    pallor = rng.uniform(0, 0.3) * bump(theta, 180, 50)
    texture = 0.05 * smooth_noise(rng, size, 18)
    tissue = rim * np.exp((pallor + texture)[..., None] * np.array([0.2, 0.7, 1.0]))
    soft = rng.uniform(0.02, 0.09)
    in_cup = _step((cup - r) / soft)
    pit = np.exp(-((r / np.maximum(cup, 1e-3)) ** 2) * rng.uniform(0.8, 3))
    pale = rng.uniform(0.12, 0.5) * (0.75 + rng.uniform(0, 0.4) * pit)
    tissue = tissue * np.exp((in_cup * pale)[..., None] * np.array([0.35, 1.0, 1.15]))
    if rng.random() < 0.5:  # laminar dots in the cup's floor
        dots = np.maximum(smooth_noise(rng, size, 40) - 0.9, 0) * in_cup * rng.uniform(0, 0.25)
        tissue = tissue * np.exp(-dots[..., None] * np.array([0.4, 1, 1]))
    ring = rng.uniform(0, 0.3) * np.exp(-(((r - outline * 1.01) / 0.04) ** 2))
    ring = ring * bump(theta, rng.normal(180, 50), rng.uniform(40, 120))
    color = color + inside[..., None] * (tissue.astype(np.float32) - color)
    return color * np.exp(ring[..., None] * np.array([0.3, 0.8, 1.0], np.float32))


def _blood(rng: np.random.Generator, color: np.ndarray, vessels: VesselLayers) -> np.ndarray:
    """Vessels absorb green and blue; a bright line runs along the thicker ones."""
    strength = rng.uniform(0.6, 1.4)
    artery = strength * rng.uniform(0.4, 0.6) * vessels.artery
    vein = strength * rng.uniform(0.65, 0.95) * vessels.vein
    depth = np.maximum(artery, vein) + 0.2 * np.minimum(artery, vein)
    tone = np.array([rng.uniform(0.15, 0.4), 1.0, rng.uniform(0.6, 0.9)], np.float32)
    gleam = rng.uniform(0.05, 0.3) * vessels.reflex * strength
    return color * np.exp(-depth[..., None] * tone + gleam[..., None])


def _step(x: np.ndarray) -> np.ndarray:
    """A soft step from 0 to 1 around x = 0."""
    return 0.5 + 0.5 * np.tanh(x)
