"""The camera: light, exposure, lens, field stop, sensor and JPEG, the same for both classes."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from PIL import Image
from scipy import ndimage

from glaucam.data.phantoms.noise import smooth_noise
from glaucam.data.phantoms.ranges import LESSONS, Range, Ranges
from glaucam.data.phantoms.view import View

_MEAN_COLOR = np.log([0.60, 0.285, 0.085])


@dataclass(frozen=True)
class Look:
    """What a camera, its settings and its operator make of a picture.

    ``color``: log RGB [3] of the bare retina; ``contrast`` [3] multiplies log reflectance;
    ``vignette``: log darkening at the edge, growing with the distance to ``falloff``; ``marker``:
    whether a pale label stands in a corner; ``jpeg``: quality.
    """

    color: np.ndarray
    contrast: np.ndarray
    vignette: float
    falloff: float
    knee: float
    jpeg: int
    marker: bool = False


def draw_look(rng: np.random.Generator) -> Look:
    """Drawn without looking at the class, as wide as real cameras are: orange, brown, olive, pink.

    Exposure follows the bare retina, not the disc: a pale, cupped disc stays pale.
    """
    bright, green, blue = rng.normal(0, 0.32), rng.normal(0, 0.15), rng.normal(0, 0.45)
    tint = np.array([-0.5 * green, 0.5 * green, 0.6 * green + blue])
    red, green, blue = np.minimum(_MEAN_COLOR + bright * np.array([0.75, 1, 1.1]) + tint, -0.12)
    color = np.array([red, min(green, red - 0.2), min(blue, green - 0.3)])  # no purple, no lemon
    return Look(
        color,
        contrast=rng.uniform(0.75, 1.35) * np.exp(rng.normal(0, 0.08, 3)),
        vignette=rng.uniform(0, 0.6),
        falloff=rng.uniform(2, 5),
        knee=rng.uniform(0.6, 0.95),
        jpeg=int(rng.integers(60, 97)),
    )


def photograph(
    rng: np.random.Generator,
    scene: np.ndarray,
    view: View,
    look: Look,
    ranges: Ranges = LESSONS,
) -> tuple[np.ndarray, np.ndarray]:
    """uint8 [S,S,3] of a scene in log reflectance float32 [S,S,3], and where the label stands."""
    inside = view.field_distance()
    light = _expose(rng, scene, inside > 0, look, ranges.disc_exposed)
    light = _lens(rng, light * _flash(rng, view, look), view.is_crop, ranges)
    _flare(rng, light, view)
    surround = (rng.uniform(0, 0.03) * rng.uniform(0.3, 1, 3)).astype(np.float32)
    edge = rng.uniform(0.5, 2) * view.size / 256
    field = np.clip(inside / edge + 0.5, 0, 1).astype(np.float32)[..., None]
    light = surround + field * (light - surround)
    label = _label(rng, view.size, look.marker)
    light[label] = (0.9, 0.89, 0.86)
    return _jpeg(_sensor(rng, light), look.jpeg), label


def _flash(rng: np.random.Generator, view: View, look: Look) -> np.ndarray:
    """Uneven light float32 [S,S,3]: a gradient, a vignette towards the edge, a soft shadow."""
    at = np.linspace(-1, 1, view.size, dtype=np.float32)
    x, y = at[None, :], at[:, None]
    tilt_x, tilt_y = rng.normal(0, 0.16), rng.normal(0, 0.16)
    away = np.hypot(x, y) / (1.4 if view.is_crop else 1.0)
    shadow = 0.1 * rng.random() * smooth_noise(rng, view.size, 2)
    log = tilt_x * x + tilt_y * y - look.vignette * away**look.falloff + shadow
    warm = rng.normal(0, 0.12)  # the shaded side is redder or bluer
    return np.exp(log[..., None] * np.array([1 - warm, 1, 1 + warm], np.float32))


def _expose(
    rng: np.random.Generator,
    scene: np.ndarray,
    inside: np.ndarray,
    look: Look,
    disc_exposed: Range | None,
) -> np.ndarray:
    """Light from log reflectance: contrast, exposure, a veil, and the sensor's shoulder.

    ``disc_exposed``: how bright an operator lets the disc become, or None where it is not minded.
    """
    bare = np.median(scene[inside][::7], axis=0)
    light = np.exp(
        (scene - bare) * look.contrast.astype(np.float32) + look.color.astype(np.float32)
    )
    if disc_exposed is not None:
        disc = float(np.percentile(light[inside][::3, 1], 97))
        light *= min(1.0, rng.uniform(*disc_exposed) / disc)
    veil = (rng.uniform(0, 0.12) * rng.uniform(0.4, 1, 3)).astype(np.float32)
    light = veil + (1 - veil) * light
    return light / (1 + np.maximum(light - np.float32(look.knee), 0))  # no hard clip


def _lens(rng: np.random.Generator, light: np.ndarray, is_crop: bool, ranges: Ranges) -> np.ndarray:
    """Defocus, and a little glow around what is bright (haze in the eye's media)."""
    worst = ranges.defocus if is_crop else 1.0  # a whole field is shown smaller
    size, blur = len(light), 0.3 + worst * rng.random() ** 2
    sharp = ndimage.gaussian_filter(light, (blur * size / 256,) * 2 + (0,), truncate=3)
    small = Image.fromarray((np.clip(light, 0, 1) * 255).astype(np.uint8)).resize(
        (12, 12), Image.Resampling.BOX
    )
    glow = np.asarray(small.resize((size, size), Image.Resampling.BICUBIC), np.float32) / 255
    haze = np.float32(rng.uniform(0, 0.4) * rng.random())
    if ranges.cataract and rng.random() < ranges.cataract:
        haze = np.float32(rng.uniform(0.4, 0.75))
    return sharp + haze * (glow - sharp)


def _flare(rng: np.random.Generator, light: np.ndarray, view: View) -> None:
    """In some pictures stray light along one side of the field, or a spot of dust on the lens."""
    at = np.arange(view.size, dtype=np.float32) / view.size - 0.5
    x, y = at[None, :], at[:, None]
    if rng.random() < 0.1:
        towards = rng.uniform(0, 2 * np.pi)
        near = x * np.cos(towards) + y * np.sin(towards) - rng.uniform(0.35, 0.5)
        stray = rng.uniform(0.1, 0.4) / (1 + np.exp(-near / rng.uniform(0.03, 0.1)))
        light += stray[..., None] * np.array([1, 0.8, 0.6], np.float32) * (1 - light)
    for _ in range(rng.poisson(0.15)):
        spot = (x - rng.uniform(-0.45, 0.45)) ** 2 + (y - rng.uniform(-0.45, 0.45)) ** 2
        dust = np.exp(-spot / rng.uniform(0.008, 0.03) ** 2)
        light *= 1 + (rng.uniform(-0.25, 0.2) * dust)[..., None].astype(np.float32)


def _label(rng: np.random.Generator, size: int, present: bool) -> np.ndarray:
    """Where a small pale label stands in a lower corner, bool [S,S]."""
    at, jitter = np.zeros((size, size), bool), rng.integers(0, max(size // 40, 1), 2)
    if present:
        h, w = max(size // 16, 3), max(size // 6, 6)
        top, left = size - h - size // 20 - jitter[0], size // 20 + jitter[1]
        at[top : top + h, left : left + w] = True
    return at


def _sensor(rng: np.random.Generator, light: np.ndarray) -> np.ndarray:
    noise = rng.standard_normal(light.shape, dtype=np.float32) * np.float32(
        rng.uniform(0.001, 0.010)
    )
    light = light + noise * np.sqrt(np.maximum(light, 0.02))
    return (np.clip(light, 0, 1) * 255 + 0.5).astype(np.uint8)


def _jpeg(pixels: np.ndarray, quality: int) -> np.ndarray:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "JPEG", quality=quality)
    return np.asarray(Image.open(stream))
