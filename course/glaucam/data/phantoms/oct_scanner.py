"""The scanner: noise, speckle, the display's grey, registration's wedges and JPEG."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from PIL import Image

from glaucam.data.phantoms.oct_light import RANGE
from glaucam.data.phantoms.oct_media import FLOOR
from glaucam.data.phantoms.oct_retina import FRAME

_PROBABILITIES = np.linspace(0, 1, 257)


@dataclass(frozen=True)
class Wedge:
    """A strip that registration left empty: beyond the line ``start`` + ``slope`` · column, px."""

    start: float
    slope: float
    above: bool
    white: bool


@dataclass(frozen=True)
class Scanner:
    """One exposure: ``looks`` averaged frames, ``gain`` in nats, black level and contrast."""

    looks: float
    gain: float
    black: float
    contrast: float
    fall: float  # grey levels lost from top to bottom of the frame
    wedges: tuple[Wedge, ...]
    quality: int


def draw_scanner(rng: np.random.Generator, size: int, clear: tuple[float, float]) -> Scanner:
    """Drawn without looking at the class; wedges leave the depths ``clear`` µm (from, to) free."""
    return Scanner(
        looks=float(np.exp(rng.uniform(np.log(4), np.log(30)))),
        gain=rng.normal(0, 0.3),
        black=rng.normal(0, 0.035),
        contrast=float(np.exp(rng.normal(0.14, 0.09))),
        fall=rng.uniform(0, 0.07),
        wedges=_draw_wedges(rng, size, clear),
        quality=int(rng.integers(82, 98)),
    )


def display(rng: np.random.Generator, signal: np.ndarray, scanner: Scanner) -> np.ndarray:
    """Grey float32 [H,S], about 0 to 1, of intensity above the floor's [H,S]."""
    looks = max(scanner.looks * 0.9 * 256 / len(signal), 4.0)
    seen = signal * np.float32(np.exp(scanner.gain))
    np.maximum(seen, 0, out=seen)
    total = seen * _speckle(rng, seen.shape, looks) + _speckle(rng, seen.shape, looks)
    fall = np.linspace(0, scanner.fall, len(signal), dtype=np.float32)[:, None]
    grey = np.log(np.maximum(total, 1e-4)) / np.float32(RANGE) + np.float32(FLOOR) - fall
    return np.float32(scanner.contrast) * grey + np.float32(scanner.black)


def as_in_health(grey: np.ndarray, healthy: np.ndarray) -> np.ndarray:
    """``grey`` with the histogram of ``healthy``, by one rising tone curve.

    A scanner's gain follows what it sees, and so must not write the class into the picture's grey:
    each scan gets the tones that the same eye would have had in health.
    """
    have, wanted = (np.quantile(_sample(image), _PROBABILITIES) for image in (grey, healthy))
    have += 1e-6 * np.arange(len(have))  # strictly rising
    return np.interp(grey, have, wanted).astype(np.float32)


def export(grey: np.ndarray, scanner: Scanner) -> tuple[np.ndarray, np.ndarray]:
    """(uint8 [S,S], field bool [S,S]): wedges painted in, 8 bits, JPEG."""
    field = np.ones(grey.shape, bool)
    pixels = (np.clip(grey, 0, 1) * 255 + 0.5).astype(np.uint8)
    rows, columns = np.arange(len(grey))[:, None] + 0.5, np.arange(grey.shape[1]) + 0.5
    for wedge in scanner.wedges:
        line = wedge.start + wedge.slope * columns
        empty = rows < line if wedge.above else rows > line
        pixels[empty] = 255 if wedge.white else 0
        field &= ~empty
    return _jpeg(pixels, scanner.quality), field


def _speckle(rng: np.random.Generator, shape: tuple[int, ...], looks: float) -> np.ndarray:
    """Gamma noise of mean 1 with ``looks``, a little correlated both ways, float32 [H,S]."""
    noise = rng.standard_gamma(looks, shape, dtype=np.float32) / np.float32(looks)
    noise[1:-1] = 0.22 * (noise[:-2] + noise[2:]) + 0.56 * noise[1:-1]
    noise[:, 1:-1] = 0.2 * (noise[:, :-2] + noise[:, 2:]) + 0.6 * noise[:, 1:-1]
    return noise


def _sample(image: np.ndarray) -> np.ndarray:
    """Enough pixels to know the histogram by."""
    return image.ravel()[:: max(1, image.size // 16384)]


def _draw_wedges(
    rng: np.random.Generator, size: int, clear: tuple[float, float]
) -> tuple[Wedge, ...]:
    """None, one, or one above and one below, with the same slope."""
    slope, wedges = rng.normal(0, 0.04), []
    white = bool(rng.random() < 0.75)
    for above in (True, False):
        reach = (clear[0] if above else FRAME - clear[1]) / FRAME * size  # px that are free
        depth = min(rng.gamma(1.5, 0.035) * size, reach - abs(slope) * size / 2)
        if rng.random() < 0.4 and depth > 0:
            middle = depth if above else size - depth
            wedges.append(Wedge(middle - slope * size / 2, slope, above, white))
    return tuple(wedges)


def _jpeg(pixels: np.ndarray, quality: int) -> np.ndarray:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "JPEG", quality=quality)
    return np.asarray(Image.open(stream))
