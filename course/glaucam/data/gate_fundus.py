"""Signs of a fundus photo: warm colour, a smooth ground, a tree of thin dark vessels, one disc."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from glaucam.data.disc_evidence import (
    brightness,
    contrast,
    convergence,
    line_strength,
    resized,
)
from glaucam.data.enhance import fill_surround
from glaucam.data.field import brightest, field_box, find_field, is_whole_view

_SIDE = 200  # px of the field's longer side
_WHOLE, _CROP = (0.12, 0.17), (0.17, 0.35, 0.5, 0.7)  # disc diameters looked for, in fields
_WIDEST = (9, 13)  # px: no vessel of a whole view, of a crop, is wider
_COARSE = 10  # px of the disc's radius where it is looked for
_GROUND = 48  # px of the field's side where its ground is looked at
_LONG = _SIDE / 5  # px that a long piece of line reaches
_STRONG = 0.85  # quantile of the dark lines from which a line is looked at
_CELL = _SIDE // 8
_RIM = 6  # px inside the field's border where nothing is looked at
GREY = 6.0  # grey levels: mean distance of the channels below which a picture has no colour


@dataclass(frozen=True)
class FundusSigns:
    """What is measured inside the field. Lines are thin, dark or bright, in log green.

    ``mean``: of the brightest channel, grey levels; ``clipped``: part at 250 or more in green;
    ``covered``: the field's part of the picture; ``warm``: part with R > G > B, or R too bright to
    tell; ``hue``: spread of log R/G; ``ground``: steepness of the log brightness without vessels,
    per field; ``strength`` of the dark lines; ``coherent``: how far neighbouring lines agree in
    direction; ``tree``: pixels of long dark lines, in fields; ``dark``: their share of all long
    lines; ``spread``: part of an 8 × 8 grid that has some; ``outer``: their part in the outer half;
    ``one_way``: 1 if all run in one direction; ``disc``: contrast of the likeliest disc;
    ``meeting``: how far vessels run to it.
    """

    is_grey: bool
    mean: float
    clipped: float
    covered: float
    warm: float
    hue: float
    ground: float
    strength: float
    coherent: float
    tree: float
    dark: float
    spread: float
    outer: float
    one_way: float
    disc: float
    meeting: float


def fundus_signs(image: np.ndarray) -> FundusSigns:
    """Of a small picture uint8 [H,W,3], 256 px wide or so."""
    field = find_field(image)
    rgb, inside = _framed(image, field)
    r, g, b = (rgb[..., k][inside] for k in range(3))
    is_crop = not is_whole_view(field)
    log_green = np.log(rgb[..., 1] + 16)
    inner = _inner(inside)
    dark, bright = (
        thin_lines(sign * log_green, _WIDEST[is_crop]) * inner[..., None] for sign in (1, -1)
    )
    disc, meeting = _likeliest_disc(rgb, inside, dark, _CROP if is_crop else _WHOLE)
    return FundusSigns(
        is_grey=has_no_colour(rgb[inside]),
        mean=float(brightest(rgb)[inside].mean()),
        clipped=float(np.mean(g >= 250)),
        covered=float(field.mean()),
        warm=float(np.mean(((r > g) | (r > 245)) & (g > b))),
        hue=float(np.std(np.log((r + 16) / (g + 16)))),
        ground=_ground(rgb, inside),
        disc=disc,
        meeting=meeting,
        **_line_signs(dark, bright, inner),
    )


def has_no_colour(pixels: np.ndarray) -> bool:
    """Whether pixels [...,3] are grey, as of a B-scan or a red-free photo."""
    darkest = np.minimum(np.minimum(pixels[..., 0], pixels[..., 1]), pixels[..., 2])
    return float((brightest(pixels) - darkest).mean()) < GREY


def thin_lines(log: np.ndarray, widest: int) -> np.ndarray:
    """Dark lines [h,w,2] as ``line_strength`` gives them, but none for the edges of what is wide.

    A black top-hat fills what is narrower than ``widest`` px, and leaves a step as it is.
    """
    import cv2

    lines = line_strength(log)
    ellipse = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (widest, widest))
    depth = cv2.morphologyEx(cv2.GaussianBlur(log, (0, 0), 1), cv2.MORPH_BLACKHAT, ellipse)
    amount = np.hypot(lines[..., 0], lines[..., 1])
    return lines * (np.minimum(amount, 0.5 * depth) / np.maximum(amount, 1e-9))[..., None]


def _framed(image: np.ndarray, field: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(rgb float32 with its surround filled, inside bool) of the field's box, _SIDE px long."""
    left, top, right, bottom = field_box(field)
    scale = _SIDE / max(right - left, bottom - top)
    rgb = resized(image[top:bottom, left:right], scale)
    inside = resized(field[top:bottom, left:right], scale) > 0.5
    inside = inside if inside.any() else np.ones_like(inside)
    return fill_surround(rgb, inside), inside


def _inner(inside: np.ndarray) -> np.ndarray:
    import cv2

    padded = np.pad(inside, 1).astype(np.uint8)
    return cv2.distanceTransform(padded, cv2.DIST_L2, 3)[1:-1, 1:-1] > _RIM


def _ground(rgb: np.ndarray, inside: np.ndarray) -> float:
    small = resized(brightness(rgb, _SIDE / 20), _GROUND / _SIDE)
    within = resized(inside, _GROUND / _SIDE) > 0.95
    steep = np.hypot(*np.gradient(small))[within]
    return float(steep.mean() * _GROUND) if steep.size else 0.0


def _line_signs(dark: np.ndarray, bright: np.ndarray, inner: np.ndarray) -> dict[str, float]:
    amount, other = (np.hypot(one[..., 0], one[..., 1]) for one in (dark, bright))
    seen = amount > 0
    least = max(float(np.quantile(amount[seen], _STRONG)) if seen.any() else 1.0, 1e-3)
    tree, rest = _long_pieces(amount > least), _long_pieces(other > least)
    long = dark[tree]
    total = float(np.hypot(long[:, 0], long[:, 1]).sum())
    return {
        "strength": float(np.sqrt((amount**2).mean())),
        "coherent": _coherence(dark, amount),
        "tree": float(tree.sum()) / _SIDE,
        "dark": float(tree.sum()) / max(float(tree.sum() + rest.sum()), 1.0),
        "spread": _cells(tree) / max(_cells(inner), 1),
        "outer": float((tree & _outside(tree.shape)).sum()) / max(float(tree.sum()), 1.0),
        "one_way": float(np.hypot(*long.sum(axis=0))) / total if total else 1.0,
    }


def _outside(shape: tuple[int, int]) -> np.ndarray:
    """bool [h,w]: further than half the way from the middle to the nearer side."""
    y, x = (np.abs(np.arange(side) - (side - 1) / 2) for side in shape)
    return np.hypot(y[:, None], x[None, :]) > min(shape) / 4


def _coherence(lines: np.ndarray, amount: np.ndarray) -> float:
    """1 where all lines within some px agree in direction, 0 where they run anyhow."""
    import cv2

    mean = cv2.GaussianBlur(lines, (0, 0), 3)
    agreeing = np.hypot(mean[..., 0], mean[..., 1])
    share = agreeing / np.maximum(cv2.GaussianBlur(amount, (0, 0), 3), 1e-6)
    weight = amount**2
    return float((share * weight).sum() / max(float(weight.sum()), 1e-9))


def _long_pieces(lines: np.ndarray) -> np.ndarray:
    """bool [h,w]: the pieces of ``lines`` whose box is at least ``_LONG`` px long."""
    import cv2

    _, pieces, boxes, _ = cv2.connectedComponentsWithStats(lines.astype(np.uint8))
    is_long = boxes[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1) > _LONG
    is_long[0] = False
    return is_long[pieces]


def _cells(mask: np.ndarray) -> int:
    height, width = (-(-side // _CELL) * _CELL for side in mask.shape)
    padded = np.zeros((height, width), bool)
    padded[: mask.shape[0], : mask.shape[1]] = mask
    cells = padded.reshape(height // _CELL, _CELL, width // _CELL, _CELL)
    return int(cells.any(axis=(1, 3)).sum())


def _likeliest_disc(
    rgb: np.ndarray, inside: np.ndarray, lines: np.ndarray, diameters: tuple[float, ...]
) -> tuple[float, float]:
    """(contrast, convergence) where their sum is greatest, over the sizes a disc may have."""
    import cv2

    best = (-1.0, 0.0)
    for diameter in diameters:
        scale = 2 * _COARSE / (diameter * _SIDE)
        bright = contrast(resized(rgb, scale), resized(inside, scale), _COARSE)
        meeting = convergence(cv2.resize(lines, bright.shape[::-1], interpolation=cv2.INTER_AREA))
        score = np.nan_to_num(bright + 20 * meeting, nan=-np.inf)
        at = np.unravel_index(np.argmax(score), score.shape)
        if score[at] > best[0] + 20 * best[1]:
            best = float(bright[at]), float(meeting[at])
    return best
