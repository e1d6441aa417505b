"""Where the optic disc is, by anatomy alone: no network, nothing learned from a patient."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from glaucam.data.disc_evidence import evidence
from glaucam.data.disc_outline import outermost, refine
from glaucam.data.enhance import fill_surround
from glaucam.data.field import field_box, find_field, is_whole_view

_WORKING_SIDE = 320  # px of the field's longer side
# Diameter ÷ that of the field: .135 at 45°, .2 at 30°, .1 at 60°; in a disc crop up to .75.
_WHOLE = 0.14 * np.exp([-0.55, -0.3, -0.05, 0.2, 0.45])
_CROP = 0.14 * np.exp(np.arange(-0.3, 1.8, 0.25))
_LINES = 20.0  # a vessel's line is that much fainter than the disc, per ring
_PRIOR = 0.1  # log grey levels: what one standard deviation of size costs
_SIZE_SPREAD = 0.3  # of the log diameter
# Logistic curve of being right by score, over 120 whole phantoms.
_EVEN, _UNSURE = 0.06, 0.025


@dataclass(frozen=True)
class DiscLocation:
    """An estimated optic disc: centre ``x``, ``y`` and ``diameter`` in px of the image.

    ``confidence`` in [0,1] is how often, on phantoms, a location as clear as this one lay within
    half a diameter of the truth.
    """

    x: float
    y: float
    diameter: float
    confidence: float

    def mask(self, shape: tuple[int, int]) -> np.ndarray:
        """bool [H,W]: inside the estimated circle."""
        rows, columns = np.ogrid[: shape[0], : shape[1]]
        return np.hypot(columns + 0.5 - self.x, rows + 0.5 - self.y) <= self.diameter / 2

    def square(self, diameters: float) -> tuple[int, int, int, int]:
        """(left, top, right, bottom) px of a square around it, right and bottom exclusive."""
        side = max(1, round(diameters * self.diameter))
        left, top = round(self.x - side / 2), round(self.y - side / 2)
        return left, top, left + side, top + side


def find_disc(image: np.ndarray) -> DiscLocation:
    """The likeliest optic disc in a fundus photo uint8 [H,W,3], whole eye or disc crop.

    A disc is brighter than what lies on all its sides, and vessels run towards it. It always
    answers; ``confidence`` says whether to believe it.
    """
    field = find_field(image)
    rgb, inside, scale, (left, top) = _working_copy(image, field)
    is_whole = is_whole_view(field)
    guesses = [_best(rgb, inside, d * _WORKING_SIDE, _prior(d, is_whole))
               for d in (_WHOLE if is_whole else _CROP)]  # fmt: skip
    score, x, y, diameter = max(guesses)
    x, y, diameter = refine(rgb, x, y, diameter)
    if not is_whole:  # where cups are large enough to be taken for discs
        x, y, diameter = outermost(rgb, x, y, diameter, _WORKING_SIDE)
    x, y, diameter = float(x / scale + left), float(y / scale + top), float(diameter / scale)
    return DiscLocation(x, y, diameter, _confidence(score))


def crop_around_disc(
    image: np.ndarray, diameters: float = 2.5, disc: DiscLocation | None = None
) -> np.ndarray:
    """A square ``diameters`` disc diameters wide around the disc, of a photo [H,W,3] or mask [H,W].

    Zero where it leaves the picture. ``disc`` is where it is, if known; else ``find_disc`` says.
    """
    disc = find_disc(image) if disc is None else disc
    left, top, right, _ = disc.square(diameters)
    side = right - left
    crop = np.zeros((side, side, *image.shape[2:]), image.dtype)
    rows, columns = (slice(max(0, at), max(0, at + side)) for at in (top, left))
    part = image[rows, columns]
    down, right = max(0, -top), max(0, -left)
    crop[down : down + part.shape[0], right : right + part.shape[1]] = part
    return crop


def _working_copy(
    image: np.ndarray, field: np.ndarray
) -> tuple[np.ndarray, np.ndarray, float, tuple[int, int]]:
    """(float32 rgb, its field, px of it per px of the image, the corner it was cut at)."""
    import cv2

    left, top, right, bottom = field_box(field)
    scale = _WORKING_SIDE / max(right - left, bottom - top)
    size = max(8, round((right - left) * scale)), max(8, round((bottom - top) * scale))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    rgb = cv2.resize(image[top:bottom, left:right], size, interpolation=how)
    inside = cv2.resize(field[top:bottom, left:right].astype(np.uint8), size,
                        interpolation=cv2.INTER_NEAREST) > 0  # fmt: skip
    return fill_surround(rgb, inside).astype(np.float32), inside, scale, (left, top)


def _best(
    rgb: np.ndarray, inside: np.ndarray, diameter: float, prior: float
) -> tuple[float, float, float, float]:
    """(score, x, y, diameter) of the best place for a disc of that size, px of ``rgb``."""
    contrast, convergence = evidence(rgb, inside, diameter)
    score = np.nan_to_num(contrast + _LINES * convergence, nan=-np.inf)
    row, column = np.unravel_index(np.argmax(score), score.shape)
    x = (column + 0.5) * rgb.shape[1] / score.shape[1]
    y = (row + 0.5) * rgb.shape[0] / score.shape[0]
    return float(score[row, column]) + prior, float(x), float(y), diameter


def _prior(diameter: float, is_whole: bool) -> float:
    """Log grey levels for a ``diameter`` in field diameters."""
    away = abs(np.log(diameter / 0.14)) if is_whole else abs(np.log(diameter / 0.38)) - 0.4
    return -0.5 * _PRIOR * float(max(0.0, away) / _SIZE_SPREAD) ** 2


def _confidence(score: float) -> float:
    return float(1 / (1 + np.exp(-(score - _EVEN) / _UNSURE)))
