"""What speaks for an optic disc at each place of a fundus photo: a bright spot where vessels meet.

Both kinds of evidence are in log grey levels, so that neither the camera's exposure nor its tint
weighs them against each other.
"""

from __future__ import annotations

from functools import cache

import numpy as np

RADIUS = 8  # px of the disc in the maps; photos are scaled to it, so that kernels stay fixed
_FINE = 20  # px of the disc where lines are looked for: a vessel is then 1.6 to 3 px wide
_LINE_WIDTHS = (1.2, 2.0)  # px, standard deviations of the line filter
_AROUND = 12  # directions in which the surround is looked at
_DARK = 16.0  # grey levels added before the logarithm, so that noise in the dark stays small


def evidence(rgb: np.ndarray, field: np.ndarray, diameter: float) -> tuple[np.ndarray, np.ndarray]:
    """(contrast, convergence) float32 [h,w] of a disc ``diameter`` px wide in ``rgb`` [H,W,3].

    The maps are scaled so that the disc has ``RADIUS`` px; NaN where no disc could be judged.
    """
    fine, inside = _resized(rgb, 2 * _FINE / diameter), _resized(field, 2 * _FINE / diameter)
    scale = RADIUS / _FINE
    bright, inside_small = _resized(brightness(fine, _FINE / 2), scale), _resized(inside, scale)
    contrast = _contrast(bright, (inside_small > 0.5).astype(np.float32))
    strength = _lines(np.log(fine[..., 1] + _DARK)) * (inside[..., None] > 0.9)
    return contrast, _convergence(_resized(strength, scale))


def brightness(rgb: np.ndarray, width: float) -> np.ndarray:
    """Log of red and green, with what is dark and narrower than ``width`` px (vessels) closed."""
    import cv2

    side = max(3, int(width) | 1)
    ellipse = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    closed = cv2.morphologyEx(rgb, cv2.MORPH_CLOSE, ellipse)
    return np.log(closed[..., :2].mean(axis=2) + _DARK)


def _contrast(bright: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """How much brighter than its surround a disc here is, in the mean and towards its worst side.

    Flare on the field's edge is bright on one side only; its worst sides are as bright as itself.
    """
    disc, seen = _masked_mean(bright, inside, _disc_kernel(0.9 * RADIUS))
    around, around_seen = _masked_mean(bright, inside, _spot_kernel(0.3 * RADIUS))
    gaps, n = [], np.zeros(disc.shape, int)
    for angle in 2 * np.pi * np.arange(_AROUND) / _AROUND:
        step = 1.6 * RADIUS * np.cos(angle), 1.6 * RADIUS * np.sin(angle)
        is_seen = _shifted(np.pad(around_seen, 1), step)[1:-1, 1:-1] > 0.5
        gaps.append(np.where(is_seen, disc - _shifted(around, step), 0))  # unseen speaks for none
        n = n + is_seen
    ranked = np.sort(np.stack(gaps), axis=0)  # [directions,h,w]
    mean = (ranked.mean(axis=0) + ranked[: _AROUND // 3].mean(axis=0)) / 2
    return np.where((seen > 0.7) & (n >= 0.45 * _AROUND), mean, np.float32(np.nan))


def _lines(log_green: np.ndarray) -> np.ndarray:
    """Dark lines [h,w,2]: strength times the cosine and sine of twice their direction."""
    import cv2

    found = []
    for sigma in _LINE_WIDTHS:
        smooth = cv2.GaussianBlur(log_green, (0, 0), sigma)
        xx, yy, xy = (
            cv2.Sobel(smooth, cv2.CV_32F, *order, ksize=3) * (sigma**2 / 4)
            for order in ((2, 0), (0, 2), (1, 1))
        )
        half, mean = (xx - yy) / 2, (xx + yy) / 2
        root = np.maximum(np.hypot(half, xy), 1e-9)
        strength = np.maximum(mean + root - np.abs(mean - root), 0)  # curved across, not along
        found.append(np.stack([-half, -xy], axis=2) * (strength / root)[..., None])
    first, second = (np.hypot(one[..., 0], one[..., 1]) for one in found)
    return np.where((first >= second)[..., None], found[0], found[1])


def _convergence(lines: np.ndarray) -> np.ndarray:
    """Mean over a ring of strength × cos 2(direction of the line − direction from here).

    Vessels that run towards a place count for it, those that pass by count against it; noise,
    which has no direction, adds nothing.
    """
    import cv2

    ring = _ring_kernels(0.3 * RADIUS, 2.5 * RADIUS)
    along, across = (
        cv2.filter2D(part, -1, kernel, borderType=cv2.BORDER_CONSTANT)
        for part, kernel in zip(cv2.split(lines), ring, strict=True)
    )
    return along + across


def _resized(array: np.ndarray, scale: float) -> np.ndarray:
    import cv2

    height, width = array.shape[:2]
    size = max(8, round(width * scale)), max(8, round(height * scale))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return cv2.resize(array.astype(np.float32), size, interpolation=how)


def _masked_mean(
    values: np.ndarray, inside: np.ndarray, kernel: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The kernel's mean over what is inside, and the part of the kernel that is."""
    import cv2

    total, seen = (
        cv2.filter2D(a, -1, kernel, borderType=cv2.BORDER_CONSTANT)
        for a in (values * inside, inside)
    )
    return total / np.maximum(seen, 1e-3), seen


def _shifted(values: np.ndarray, step: tuple[float, float]) -> np.ndarray:
    """``values`` at (x, y) + step; beyond the picture those of its border."""
    import cv2

    matrix = np.array([[1, 0, -step[0]], [0, 1, -step[1]]], np.float32)
    return cv2.warpAffine(values, matrix, values.shape[::-1], borderMode=cv2.BORDER_REPLICATE)


@cache
def _disc_kernel(radius: float) -> np.ndarray:
    distance, _ = _polar_grid(radius)
    return _unit(distance <= radius)


@cache
def _spot_kernel(sigma: float) -> np.ndarray:
    distance, _ = _polar_grid(3 * sigma)
    return _unit(np.exp(-((distance / sigma) ** 2) / 2))


@cache
def _ring_kernels(inner: float, outer: float) -> tuple[np.ndarray, np.ndarray]:
    distance, angle = _polar_grid(outer)
    ring = _unit((distance >= inner) & (distance <= outer))
    return ring * np.cos(2 * angle), ring * np.sin(2 * angle)


def _polar_grid(radius: float) -> tuple[np.ndarray, np.ndarray]:
    at = np.arange(-int(radius) - 1, int(radius) + 2, dtype=np.float32)
    return np.hypot(at[:, None], at[None]), np.arctan2(at[:, None], at[None])


def _unit(kernel: np.ndarray) -> np.ndarray:
    return (kernel / kernel.sum()).astype(np.float32)
