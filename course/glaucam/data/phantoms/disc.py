"""The optic disc: its outline, and the rim that is left around the cup.

Eye coordinates: mm from the disc's centre, x to the nose, y up; θ in degrees, 0 nasal, 90 superior,
180 temporal, 270 inferior. A left eye is mirrored only when it is projected into the photo.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

ANGLES = np.arange(360.0)


@dataclass(frozen=True)
class Disc:
    """``outline`` and ``cup``: radius in mm at each degree, float [360]."""

    outline: np.ndarray
    cup: np.ndarray
    notches: tuple[float, ...]

    @property
    def diameter(self) -> float:
        """Vertical disc diameter, mm."""
        return _height(self.outline)

    @property
    def vcdr(self) -> float:
        """Vertical cup-to-disc ratio: height of the cup ÷ height of the disc."""
        return _height(self.cup) / self.diameter

    def outline_at(self, theta: np.ndarray) -> np.ndarray:
        return np.interp(theta, ANGLES, self.outline, period=360)

    def cup_at(self, theta: np.ndarray) -> np.ndarray:
        return np.interp(theta, ANGLES, self.cup, period=360)


def draw_disc(rng: np.random.Generator, area: float, glaucoma: bool, severity: float) -> Disc:
    """A disc of about ``area`` mm², its cup drawn from the class's distribution."""
    outline = _draw_outline(rng, area)
    vcdr = draw_vcdr(rng, _height(outline), glaucoma, severity)
    rim = _draw_rim(rng)
    cup = _carve(outline, rim * (1 - vcdr))
    for _ in range(
        3
    ):  # the tallest point need not lie at 90° or 270°: correct towards the drawn vCDR
        rim = rim * (1 - vcdr) / max(1 - Disc(outline, cup, ()).vcdr, 0.02)
        cup = _carve(outline, rim * (1 - vcdr))
    for notch in (notches := _draw_notches(rng, severity) if glaucoma else ()):
        rim = rim * (1 - notch.depth * bump(ANGLES, notch.angle, notch.width))
    return Disc(outline, _carve(outline, rim * (1 - vcdr)), tuple(n.angle for n in notches))


def draw_vcdr(rng: np.random.Generator, diameter: float, glaucoma: bool, severity: float) -> float:
    """Normal: median .33 + .325 (diameter − 1.2 mm), SD .13 to .10 (Blue Mountains Eye Study).

    Glaucoma adds about .16 · severity, more spread than normal; no published mean exists.
    """
    mean = 0.33 + 0.325 * (min(max(diameter, 1.2), 2.0) - 1.2)
    spread = float(np.interp(diameter, [1.2, 1.9], [0.13, 0.10]))
    if glaucoma:
        mean, spread = mean + 0.16 * severity, 0.125
    return float(np.clip(rng.normal(mean, spread), 0.15, 0.93))


def progressed(rng: np.random.Generator, disc: Disc, severity: float) -> Disc:
    """``disc`` years later: the rim has lost 5 to 20 % at severity 1, and more infero- or
    supero-temporally. How much is an engineering choice, without a source.
    """
    lost = rng.uniform(0.05, 0.2) + rng.uniform(0, 0.3) * bump(ANGLES, rng.choice([240, 120]), 20)
    rim = (1 - disc.cup / disc.outline) * (1 - np.clip(severity * lost, 0, 0.8))
    return replace(disc, cup=np.maximum(disc.cup, _carve(disc.outline, rim)))


def bump(theta: np.ndarray, centre: float, width: float) -> np.ndarray:
    """A Gaussian of ``width`` degrees (SD) around ``centre`` on the circle, 1 at its top."""
    away = theta - float(centre)
    away -= 360 * np.rint(away / 360)
    return np.exp(-0.5 / float(width) ** 2 * away**2)


def _draw_outline(rng: np.random.Generator, area: float) -> np.ndarray:
    """An ellipse taller than wide (1.88 : 1.77), bent by low harmonics."""
    ratio = 1.062 * np.exp(rng.normal(0, 0.05))
    tall, wide = np.sqrt(area / np.pi * ratio), np.sqrt(area / np.pi / ratio)
    theta = np.deg2rad(ANGLES)
    radius = tall * wide / np.hypot(tall * np.cos(theta), wide * np.sin(theta))
    for order, size in ((2, 0.02), (3, 0.018), (4, 0.01), (5, 0.006)):
        radius *= 1 + rng.normal(0, size) * np.cos(order * theta + rng.uniform(0, 2 * np.pi))
    return radius


def _draw_rim(rng: np.random.Generator) -> np.ndarray:
    """Rim width by angle, 1 on average above and below, float [360].

    Inferior ≥ superior ≥ nasal ≥ temporal (ISNT) on average only: half of the normal eyes break it.
    """
    inferior, superior = rng.normal(0.12, 0.13), rng.normal(0.05, 0.12)
    temporal, nasal = rng.normal(0.28, 0.16), rng.normal(0.08, 0.14)
    rim = 1 + inferior * bump(ANGLES, 270, 40) + superior * bump(ANGLES, 90, 40)
    rim += nasal * bump(ANGLES, 0, 45) - temporal * bump(ANGLES, 180, 45)
    return rim / ((rim[90] + rim[270]) / 2)


@dataclass(frozen=True)
class _Notch:
    angle: float  # degrees
    depth: float  # share of the rim that is lost
    width: float  # degrees, SD


def _draw_notches(rng: np.random.Generator, severity: float) -> tuple[_Notch, ...]:
    """Infero-temporal in 50 %, supero-temporal in 35 % of glaucomas, 20 to 40° wide."""
    return tuple(
        _Notch(rng.normal(angle, 12), rng.uniform(0.3, 0.9) * min(severity, 1), rng.uniform(10, 20))
        for angle, chance in ((240, 0.5), (120, 0.35))
        if rng.random() < chance
    )


def _carve(outline: np.ndarray, rim: np.ndarray) -> np.ndarray:
    """The cup's radius [360] inside a rim given as a share of the outline's radius."""
    return _smooth(outline * (1 - np.clip(rim, 0.035, 0.93)), 5)


def _height(radius: np.ndarray) -> float:
    y = radius * np.sin(np.deg2rad(ANGLES))
    return float(y.max() - y.min())


def _smooth(radius: np.ndarray, width: int) -> np.ndarray:
    padded = np.concatenate([radius[-width:], radius, radius[:width]])
    return np.convolve(padded, np.ones(2 * width + 1) / (2 * width + 1), mode="valid")
