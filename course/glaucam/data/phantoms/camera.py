"""The camera: light, lens, sensor, field stop and JPEG, the same for both classes."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image
from scipy import ndimage

from glaucam.data.phantoms.noise import smooth_noise
from glaucam.data.phantoms.view import View


def photograph(rng: np.random.Generator, scene: np.ndarray, view: View) -> np.ndarray:
    """uint8 [S,S,3] of a reflectance scene float32 [S,S,3]."""
    inside = view.field_distance()
    field = np.clip(inside + 0.5, 0, 1)
    light = _expose(rng, _illuminate(rng, scene, view), inside > 0)
    light = _lens(rng, light)
    surround = rng.uniform(0, 0.03) * rng.uniform(0.3, 1, 3)
    light = surround + field[..., None] * (light - surround)
    return _jpeg(rng, _sensor(rng, light.astype(np.float32)))


def _illuminate(rng: np.random.Generator, scene: np.ndarray, view: View) -> np.ndarray:
    """Uneven flash: a gradient, a vignette towards the field's edge, a soft shadow."""
    at = np.linspace(-1, 1, view.size, dtype=np.float32)
    x, y = at[None, :], at[:, None]
    tilt = rng.normal(0, 0.14, 2)
    vignette = rng.uniform(0, 0.55) * (x**2 + y**2) ** rng.uniform(1, 2) / 2
    shadow = 0.1 * rng.random() * smooth_noise(rng, view.size, 2)
    log = tilt[0] * x + tilt[1] * y - vignette + shadow
    warm = rng.normal(0, 0.1)  # the shaded side is redder or bluer
    return scene * np.exp(log[..., None] * np.array([1 - warm, 1, 1 + warm], np.float32))


def _expose(rng: np.random.Generator, light: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """Auto-exposure: the field's mean and contrast in each channel are the camera's choice.

    So a pale, cupped disc does not leave its class in the picture's mean colour: the camera's
    target is drawn without looking at the class.
    """
    log = np.log(np.maximum(light, 1e-3))
    pixels = log[inside][::7]
    mean, spread = pixels.mean(axis=0), pixels.std(axis=0)
    target = mean.mean() + 0.0 * mean  # replaced below per channel
    target = np.log(_draw_mean_color(rng))
    contrast = rng.uniform(0.75, 1.15) * np.exp(rng.normal(0, 0.05, 3))
    wanted = np.array([0.2, 0.33, 0.42]) * contrast
    gain = np.clip(wanted / np.maximum(spread, 1e-3), 0.55, 1.8)
    log = target + (log - mean) * gain
    light = np.exp(log.astype(np.float32))
    veil = rng.uniform(0, 0.12) * rng.uniform(0.5, 1, 3)
    light = veil + (1 - veil) * light
    return light / (
        1 + np.maximum(light - 0.75, 0)
    )  # the sensor's shoulder instead of hard clipping


def _draw_mean_color(rng: np.random.Generator) -> np.ndarray:
    """Mean colour of the field, as wide as real cameras are: orange, brown, olive, pink."""
    bright, green, blue = rng.normal(0, 0.3), rng.normal(0, 0.25), rng.normal(0, 0.45)
    log = np.log([0.66, 0.33, 0.12]) + bright * np.array([0.8, 1, 1.1])
    return np.minimum(np.exp(log + [-0.45 * green, 0.45 * green, 0.5 * green + blue]), 0.85)


def _lens(rng: np.random.Generator, light: np.ndarray) -> np.ndarray:
    """Defocus, and a little glow around what is bright (haze in the eye's media)."""
    size = light.shape[0]
    sharp = ndimage.gaussian_filter(light, (rng.uniform(0.3, 1.5) * size / 256,) * 2 + (0,))
    small = np.asarray(
        Image.fromarray((np.clip(light, 0, 1) * 255).astype(np.uint8)).resize((32, 32), Image.BOX)
    )
    glow = ndimage.gaussian_filter(small, (2, 2, 0))
    glow = np.asarray(Image.fromarray(glow).resize((size, size), Image.BICUBIC), np.float32) / 255
    haze = rng.uniform(0, 0.2) * rng.random()
    return (1 - haze) * sharp + haze * glow


def _sensor(rng: np.random.Generator, light: np.ndarray) -> np.ndarray:
    noise = rng.standard_normal(light.shape, dtype=np.float32) * rng.uniform(0.002, 0.02)
    grain = noise * np.sqrt(np.maximum(light, 0.02))
    return (np.clip(light + grain, 0, 1) * 255 + 0.5).astype(np.uint8)


def _jpeg(rng: np.random.Generator, pixels: np.ndarray) -> np.ndarray:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "JPEG", quality=int(rng.integers(75, 97)))
    return np.asarray(Image.open(stream))
