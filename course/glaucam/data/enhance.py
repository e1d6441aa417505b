"""Enhancements of the retinopathy literature: steps over a framed fundus photo, kept as JSON.

Before each step the dark surround is filled with the colours at the field's border. A filter that
saw the black instead would draw a halo along the border, whose width tells the camera's field of
view: a shortcut.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

import numpy as np
from scipy import ndimage

from glaucam.errors import InputError, UnknownName
from glaucam.registry import unknown

_RIM = 1 / 48  # of the side: the field's outermost pixels are part black, so they are filled too


class Enhancement:
    """One step: subclass as a frozen dataclass of plain numbers, and add it to ``ENHANCEMENTS``."""

    name: ClassVar[str]
    title: ClassVar[str]
    paper: ClassVar[str]
    is_round: ClassVar[bool] = False  # takes the frame for a fundus field, which a B-scan is not
    surround: ClassVar[int | None] = None  # the level outside the field, where the step says one

    def pixels(self, filled: np.ndarray) -> np.ndarray:
        """uint8 [S,S,3], the surround filled → uint8 [S,S,3]."""
        return filled

    def retina(self, filled: np.ndarray, field: np.ndarray) -> np.ndarray:
        """As ``pixels``, for steps that must know where the retina is: ``field`` bool [S,S]."""
        return self.pixels(filled)

    def field(self, field: np.ndarray) -> np.ndarray:
        """bool [S,S] → the part of it that the step keeps."""
        return field

    def to_dict(self) -> dict[str, Any]:
        return {"step": self.name, **asdict(self)}  # type: ignore[call-overload]


@dataclass(frozen=True)
class CircleMask(Enhancement):
    """Keep a circle around the frame's centre, ``radius`` in halves of the frame's side."""

    radius: float = 0.98
    name = "circle_mask"
    title = "Circular mask"
    paper = "common to retinopathy challenges; hides notches, labels and frayed borders"
    is_round = True

    def __post_init__(self) -> None:
        _check(self, radius=(0.1, 1.5))

    def field(self, field: np.ndarray) -> np.ndarray:
        return field & circle(field.shape[0], self.radius)


@dataclass(frozen=True)
class CLAHE(Enhancement):
    """Contrast-limited adaptive histogram equalisation of L in LAB, on ``tiles`` × ``tiles``."""

    clip: float = 2.0
    tiles: int = 8
    name = "clahe"
    title = "CLAHE of the lightness"
    paper = "Zuiderveld 1994, Contrast limited adaptive histogram equalization"

    def __post_init__(self) -> None:
        _check(self, clip=(0.1, 100), tiles=(1, 64))

    def pixels(self, filled: np.ndarray) -> np.ndarray:
        import cv2

        equalise = cv2.createCLAHE(clipLimit=self.clip, tileGridSize=(self.tiles, self.tiles))
        L, a, b = cv2.split(cv2.cvtColor(filled, cv2.COLOR_RGB2LAB))
        return cv2.cvtColor(cv2.merge((equalise.apply(L), a, b)), cv2.COLOR_LAB2RGB)


@dataclass(frozen=True)
class Green(Enhancement):
    """The green channel in all three: there vessels and lesions stand out most from the fundus."""

    name = "green"
    title = "Green channel"
    paper = "Hoover et al. 2000, Locating blood vessels in retinal images"

    def pixels(self, filled: np.ndarray) -> np.ndarray:
        return np.repeat(filled[..., 1:2], 3, axis=2)


@dataclass(frozen=True)
class BenGraham(Enhancement):
    """gain·I − gain·Gauss(I, sigma) + 128, inside a circle of ``radius``, 128 outside.

    ``sigma`` and ``radius`` in halves of the frame's side, which stand for the field's radius.
    """

    gain: float = 4.0
    sigma: float = 1 / 30
    radius: float = 0.9
    name = "ben_graham"
    title = "Ben Graham's local mean subtraction"
    paper = "Graham 2015, Kaggle diabetic retinopathy detection competition report"
    is_round = True
    surround = 128

    def __post_init__(self) -> None:
        _check(self, gain=(0.1, 100), sigma=(1e-3, 1), radius=(0.1, 1.5))

    def pixels(self, filled: np.ndarray) -> np.ndarray:
        import cv2

        I = filled.astype(np.float32)
        sigma = self.sigma * I.shape[0] / 2
        mean = cv2.GaussianBlur(I, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)
        return np.clip(np.rint(self.gain * (I - mean) + 128), 0, 255).astype(np.uint8)

    def field(self, field: np.ndarray) -> np.ndarray:
        return field & circle(field.shape[0], self.radius)


@dataclass(frozen=True)
class Illumination(Enhancement):
    """I · mean(L̄) / L̄ with L̄ = Gauss(lightness, sigma): uneven flash evened out, the hue kept.

    ``sigma`` in halves of the frame's side; wide, so that disc and fovea keep their contrast.
    """

    sigma: float = 0.3
    name = "illumination"
    title = "Illumination correction"
    paper = "Foracchia et al. 2005, Luminosity and contrast normalization in retinal images"

    def __post_init__(self) -> None:
        _check(self, sigma=(0.02, 2))

    def retina(self, filled: np.ndarray, field: np.ndarray) -> np.ndarray:
        import cv2

        I = filled.astype(np.float32)
        sigma = self.sigma * len(I) / 2
        mean = cv2.GaussianBlur(
            I.mean(axis=2), (0, 0), sigma, borderType=cv2.BORDER_REPLICATE
        ) + np.float32(1)  # grey level, so that black divides nothing
        gain = float(mean[field].mean()) / mean
        return np.clip(np.rint(I * gain[..., None]), 0, 255).astype(np.uint8)


@dataclass(frozen=True)
class ZScore(Enhancement):
    """128 + gain · (I − mean) / deviation, each channel over its own field; 128 outside."""

    gain: float = 48.0
    name = "z_score"
    title = "z-score of each channel"
    paper = "common; forgets exposure and tint as Preprocessing's standardise='image' does"
    surround = 128

    def __post_init__(self) -> None:
        _check(self, gain=(1, 127))

    def retina(self, filled: np.ndarray, field: np.ndarray) -> np.ndarray:
        I, inside = filled.astype(np.float32), filled[field].astype(np.float32)
        z = (I - inside.mean(axis=0)) / np.maximum(inside.std(axis=0), 1)
        return np.clip(np.rint(128 + self.gain * z), 0, 255).astype(np.uint8)


ENHANCEMENTS: dict[str, type[Enhancement]] = {
    step.name: step for step in (CircleMask, CLAHE, Green, BenGraham, Illumination, ZScore)
}


def enhanced(
    pixels: np.ndarray, field: np.ndarray, steps: Iterable[Enhancement]
) -> tuple[np.ndarray, np.ndarray]:
    """Apply ``steps`` in order to pixels uint8 [S,S,3] with their field bool [S,S]."""
    surround = 0
    for step in steps:
        pixels = step.retina(fill_surround(pixels, field), field)
        kept = step.field(field)
        field = kept if kept.any() else field  # a few pixels wide, a circle may miss them all
        surround = surround if step.surround is None else step.surround
        pixels = np.where(field[..., None], pixels, np.uint8(surround))
    return pixels, field


def fill_surround(pixels: np.ndarray, field: np.ndarray) -> np.ndarray:
    """Every pixel outside the field, or on its rim, takes the colour of the nearest one inside."""
    if field.all() or not field.any():
        return pixels
    depth = ndimage.distance_transform_edt(np.pad(field, 1))[1:-1, 1:-1]
    inside = depth > max(2, _RIM * len(field))
    inside = inside if inside.any() else field
    rows, columns = ndimage.distance_transform_edt(
        ~inside, return_distances=False, return_indices=True
    )
    return pixels[rows, columns]


def circle(side: int, radius: float) -> np.ndarray:
    """bool [side,side]: within ``radius`` half-sides of the centre."""
    offset = (np.arange(side) - (side - 1) / 2) / (side / 2)
    return np.hypot(offset[:, None], offset[None, :]) <= radius


def parse_steps(steps: Any) -> tuple[Enhancement, ...]:
    """Steps from names, or from what ``to_dict`` gave. Raises UnknownName or InputError."""
    if isinstance(steps, str | Mapping | Enhancement) or not isinstance(steps, Iterable):
        steps = (steps,)
    return tuple(_parse(step) for step in steps)


def _parse(step: Any) -> Enhancement:
    if isinstance(step, Enhancement):
        return step
    values = dict(step) if isinstance(step, Mapping) else {"step": step}
    name = values.pop("step", None)
    if not isinstance(name, str) or name not in ENHANCEMENTS:
        raise UnknownName(unknown("enhancement", name, list(ENHANCEMENTS)))
    try:
        return ENHANCEMENTS[name](**values)
    except TypeError:
        expected = ", ".join(ENHANCEMENTS[name]().to_dict())
        raise InputError(
            f"enhancement {name} with {', '.join(values)}; expected some of {expected}"
        ) from None


def _check(step: Any, **allowed: tuple[float, float]) -> None:
    for key, (low, high) in allowed.items():
        value = getattr(step, key)
        kind = int if isinstance(low, int) and key == "tiles" else int | float
        if isinstance(value, bool) or not isinstance(value, kind) or not low <= value <= high:
            raise InputError(
                f"enhancement {step.name}: {key} is {value!r}, expected {low:g} to {high:g}"
            )
