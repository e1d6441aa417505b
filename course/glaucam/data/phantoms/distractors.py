"""Findings that are no glaucoma, in both classes alike: drusen, exudates, haemorrhages, myelinated
fibres, and the sheen of a young retina.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

from glaucam.data.phantoms.disc import bump
from glaucam.data.phantoms.noise import smooth_noise
from glaucam.data.phantoms.polar import Polar
from glaucam.data.phantoms.tint import step, tinted
from glaucam.data.phantoms.view import View

# name: (chance, how many, radius mm, spread mm, log depth, how the channels feel it)
SPOTS = {
    "drusen": (0.12, (6, 40), (0.02, 0.07), 1.4, (0.08, 0.3), (0.5, 1.0, 0.8)),
    "exudates": (0.07, (4, 25), (0.02, 0.07), 0.7, (0.3, 0.7), (0.4, 1.0, 0.9)),
    "blots": (0.10, (1, 12), (0.02, 0.10), 3.0, (-0.8, -0.3), (0.4, 1.0, 0.8)),
}


def paint_distractors(
    rng: np.random.Generator, scene: np.ndarray, view: View, at: Polar, spots: Sequence[str]
) -> np.ndarray:
    """Paint those that this eye happens to have, of SPOTS those named; returns where, bool [S,S]
    (not the sheen).
    """
    lesion = np.zeros(scene.shape[:2], bool)
    for chance, many, radius, spread, depth, tone in (SPOTS[name] for name in spots):
        if rng.random() < chance:
            cover = _spots(rng, view, int(rng.integers(*many)), radius, spread)
            lesion |= (cover > 0.5) & (at.r > at.outline)
            scene += tinted(rng.uniform(*depth) * cover * (at.r > at.outline), tone)
    if rng.random() < 0.015:
        lesion |= _myelinated(rng, scene, at)
    if rng.random() < 0.25:
        _sheen(rng, scene, at)
    return lesion


def _spots(
    rng: np.random.Generator, view: View, n: int, radius: tuple[float, float], spread: float
) -> np.ndarray:
    """Coverage in [0,1] of ``n`` spots around a place in the picture, float32 [S,S]."""
    sheet = Image.new("L", (2 * view.size, 2 * view.size))
    pen, centre = ImageDraw.Draw(sheet), rng.uniform(0.1, 0.9, 2) * 2 * view.size
    for _ in range(n):
        x, y = centre + rng.normal(0, spread, 2) * 2 * view.scale
        w, h = np.maximum(rng.uniform(*radius) * rng.uniform(0.7, 1.3, 2) * 2 * view.scale, 0.7)
        pen.ellipse((x - w, y - h, x + w, y + h), fill=255)
    return np.asarray(sheet.reduce(2), np.float32) / 255


def _myelinated(rng: np.random.Generator, scene: np.ndarray, at: Polar) -> np.ndarray:
    """A white, feathery patch that grows from the disc's edge along the fibres."""
    angle = rng.choice([70, 110, 250, 290]) + rng.normal(0, 12)
    reach = rng.uniform(0.3, 1.0) * bump(at.theta, angle, rng.uniform(12, 25))
    out = at.r - at.outline
    feather = reach * (1 + 0.3 * smooth_noise(rng, at.size, 40)) - out
    patch = step(feather / 0.08) * step(out / 0.04) * np.clip(reach / 0.1, 0, 1)
    scene += tinted(rng.uniform(0.4, 0.8) * patch, (0.45, 1.0, 1.3))
    return patch > 0.5


def _sheen(rng: np.random.Generator, scene: np.ndarray, at: Polar) -> None:
    """Soft bright patches of a young, glossy retina, beside the disc."""
    patches = np.maximum(smooth_noise(rng, at.size, at.size / 24) - 0.5, 0)
    patches *= np.exp(-((at.r - 2) ** 2) / 2) * (at.r > at.outline)
    scene += tinted(rng.uniform(0.03, 0.14) * patches, (0.7, 1.0, 1.2))
