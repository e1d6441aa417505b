"""The camera: light, exposure, lens, field stop, sensor and JPEG, the same for both classes."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image
from scipy import ndimage

from glaucam.data.phantoms.noise import smooth_noise
from glaucam.data.phantoms.view import View

_MEAN_COLOR = np.log([0.70, 0.34, 0.12])
# Usual deviation of log RGB: a crop is half disc and vessels, a whole field is mostly bare.
_CONTRAST = {"crop": (0.15, 0.31, 0.42), "disc": (0.15, 0.27, 0.33), "macula": (0.14, 0.24, 0.28)}


def photograph(rng: np.random.Generator, scene: np.ndarray, view: View) -> np.ndarray:
    """uint8 [S,S,3] of a scene in log reflectance float32 [S,S,3]."""
    inside = view.field_distance()
    _illuminate(rng, scene, view)
    light = _lens(rng, _expose(rng, scene, view.kind, inside > 0))
    surround = (rng.uniform(0, 0.03) * rng.uniform(0.3, 1, 3)).astype(np.float32)
    field = np.clip(inside + 0.5, 0, 1).astype(np.float32)[..., None]
    return _jpeg(rng, _sensor(rng, surround + field * (light - surround)))


def _illuminate(rng: np.random.Generator, scene: np.ndarray, view: View) -> None:
    """Uneven flash: a gradient, a vignette towards the field's edge, a soft shadow."""
    at = np.linspace(-1, 1, view.size, dtype=np.float32)
    x, y = at[None, :], at[:, None]
    tilt_x, tilt_y = rng.normal(0, 0.14), rng.normal(0, 0.14)
    vignette = rng.uniform(0, 0.55) * (x**2 + y**2) ** rng.uniform(1, 2) / 2
    shadow = 0.1 * rng.random() * smooth_noise(rng, view.size, 2)
    log = tilt_x * x + tilt_y * y - vignette + shadow
    warm = rng.normal(0, 0.1)  # the shaded side is redder or bluer
    scene += log[..., None] * np.array([1 - warm, 1, 1 + warm], np.float32)


def _expose(
    rng: np.random.Generator, scene: np.ndarray, kind: str, inside: np.ndarray
) -> np.ndarray:
    """Auto-exposure: mean and contrast of each channel in the field are the camera's choice.

    It is drawn without looking at the class, so that a pale, cupped disc does not write its class
    into the picture's mean colour.
    """
    pixels = scene[inside][::7]
    mean, spread = pixels.mean(axis=0), pixels.std(axis=0)
    wanted = np.array(_CONTRAST[kind]) * rng.uniform(0.75, 1.2) * np.exp(rng.normal(0, 0.06, 3))
    gain = np.clip(wanted / np.maximum(spread, 1e-3), 0.5, (1.7, 1.7, 1.4))
    shift = _draw_mean_color(rng) - mean * gain
    light = np.exp(scene * gain.astype(np.float32) + shift.astype(np.float32))
    veil = (rng.uniform(0, 0.12) * rng.uniform(0.4, 1, 3)).astype(np.float32)
    light = veil + (1 - veil) * light
    return light / (1 + np.maximum(light - 0.75, 0))  # the sensor's shoulder, not a hard clip


def _draw_mean_color(rng: np.random.Generator) -> np.ndarray:
    """Mean log RGB of the field, as wide as real cameras are: orange, brown, olive, pink."""
    bright, green, blue = rng.normal(0, 0.28), rng.normal(0, 0.17), rng.normal(0, 0.4)
    tint = np.array([-0.45 * green, 0.45 * green, 0.6 * green + blue])
    red, green, blue = np.minimum(_MEAN_COLOR + bright * np.array([0.75, 1, 1.1]) + tint, -0.16)
    return np.array([red, green, min(blue, green - 0.45)])  # no fundus is purple


def _lens(rng: np.random.Generator, light: np.ndarray) -> np.ndarray:
    """Defocus, and a little glow around what is bright (haze in the eye's media)."""
    size, blur = len(light), rng.uniform(0.3, 1.5) * len(light) / 256
    sharp = ndimage.gaussian_filter(light, (blur, blur, 0), truncate=3)
    small = Image.fromarray((np.clip(light, 0, 1) * 255).astype(np.uint8)).resize(
        (12, 12), Image.Resampling.BOX
    )
    glow = np.asarray(small.resize((size, size), Image.Resampling.BICUBIC), np.float32) / 255
    haze = np.float32(rng.uniform(0, 0.2) * rng.random())
    return sharp + haze * (glow - sharp)


def _sensor(rng: np.random.Generator, light: np.ndarray) -> np.ndarray:
    noise = rng.standard_normal(light.shape, dtype=np.float32) * np.float32(
        rng.uniform(0.002, 0.02)
    )
    light = light + noise * np.sqrt(np.maximum(light, 0.02))
    return (np.clip(light, 0, 1) * 255 + 0.5).astype(np.uint8)


def _jpeg(rng: np.random.Generator, pixels: np.ndarray) -> np.ndarray:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "JPEG", quality=int(rng.integers(75, 97)))
    return np.asarray(Image.open(stream))
