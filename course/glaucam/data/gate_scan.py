"""Signs of an OCT B-scan: grey, dark vitreous above, a band of thin layers from side to side."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

_ROWS, _COLUMNS = 128, 96  # px in which a scan is looked at
_BESIDE = 5  # rows from a layer to what lies beside it
_STEP = 2  # rows that a layer may climb or fall per column


@dataclass(frozen=True)
class ScanSigns:
    """What is measured of the brightest line from side to side and of the band around it.

    ``above``, ``below``: level over and under the band, 0 the picture's dark, 1 the line;
    ``clear``: of the brightest twentieth above; ``band``: part of the columns that have one;
    ``thickness`` of it, in picture heights; ``smooth``: rows of 128 that its upper border jumps;
    ``bend``: rows that it leaves a straight line; ``layer``: how much the line is over its
    neighbours; ``even``: part of the columns where it is; ``along``: share of steepness that runs
    down the columns; ``grain``: fine noise in the band; ``signal``: grey levels from dark to line;
    ``wedge``: part left blank by registration; ``cut``: the band leaves the picture.
    """

    above: float
    clear: float
    below: float
    band: float
    thickness: float
    smooth: float
    layer: float
    even: float
    bend: float
    along: float
    grain: float
    signal: float
    wedge: float
    cut: bool


def scan_signs(grey: np.ndarray) -> ScanSigns:
    """Of a small grey picture float32 [H,W] in grey levels."""
    import cv2

    filled, wedge = _without_wedges(grey)
    picture = cv2.resize(filled, (_COLUMNS, _ROWS), interpolation=cv2.INTER_AREA)
    smooth = cv2.GaussianBlur(picture, (0, 0), 1.5)
    path = _path(_ridge(smooth))
    on = _at(smooth, path)
    dark = float(np.percentile(smooth, 20))
    signal = float(np.median(on)) - dark + 1e-3
    top, bottom = _extent(smooth > dark + 0.35 * signal, path)
    rows = np.arange(_ROWS)[:, None]
    band = (rows >= top) & (rows <= bottom)
    step = on - (_at(smooth, path - _BESIDE) + _at(smooth, path + _BESIDE)) / 2
    dy, dx = (part[band] ** 2 for part in np.gradient(smooth))
    return ScanSigns(
        above=_level(smooth[rows < top - 3], dark, signal, nothing=1.0),
        clear=_brightest_of(smooth[rows < top - 3], dark, signal),
        below=_level(smooth[rows > np.minimum(path + 40, _ROWS - 4)], dark, signal, nothing=0.0),
        band=float(np.mean(bottom > top)),
        thickness=float(np.median(bottom - top) / _ROWS),
        smooth=float(np.percentile(np.abs(np.diff(ndimage.median_filter(top, 3))), 90)),
        layer=float(np.median(step) / signal),
        even=float(np.mean(step > 0.1 * signal)),
        bend=_bend(top),
        along=float(dy.sum() / max(float(dx.sum() + dy.sum()), 1e-9)),
        grain=_grain(picture, band) / signal,
        signal=signal,
        wedge=wedge,
        cut=bool(np.mean((top <= 1) | (bottom >= _ROWS - 2)) > 0.05),
    )


def _at(picture: np.ndarray, rows: np.ndarray) -> np.ndarray:
    return picture[np.clip(rows, 0, _ROWS - 1), np.arange(_COLUMNS)]


def _level(values: np.ndarray, dark: float, signal: float, nothing: float) -> float:
    """Mean over dark, in levels of the line; ``nothing`` where there is hardly any."""
    return float((values.mean() - dark) / signal) if values.size > 100 else nothing


def _brightest_of(values: np.ndarray, dark: float, signal: float) -> float:
    """As ``_level``, of the brightest twentieth."""
    return float((np.quantile(values, 0.95) - dark) / signal) if values.size > 100 else 1.0


def _bend(top: np.ndarray) -> float:
    """Deviation of the band's upper border from the straight line through it."""
    columns = np.arange(len(top))
    smooth = ndimage.median_filter(top.astype(float), 5)
    return float(np.std(smooth - np.polyval(np.polyfit(columns, smooth, 1), columns)))


def _grain(picture: np.ndarray, band: np.ndarray) -> float:
    import cv2

    fine = (picture - cv2.GaussianBlur(picture, (0, 0), 1))[band]
    return float(fine.std()) if fine.size else 0.0


def _without_wedges(grey: np.ndarray) -> tuple[np.ndarray, float]:
    """The picture with white corners, as registration leaves them, darkened; and their part."""
    white = grey > 245
    regions, _ = ndimage.label(white)
    border = np.unique(np.concatenate([regions[0], regions[-1], regions[:, 0], regions[:, -1]]))
    wedge = ndimage.binary_dilation(np.isin(regions, border[border > 0]), iterations=3)
    if not wedge.any() or wedge.mean() > 0.6:
        return grey, 0.0
    return np.where(wedge, np.percentile(grey[~wedge], 10), grey).astype(np.float32), wedge.mean()


def _ridge(smooth: np.ndarray) -> np.ndarray:
    """Bright horizontal lines: minus the second derivative down the columns."""
    return -ndimage.gaussian_filter1d(smooth, 2, axis=0, order=2)


def _path(line: np.ndarray) -> np.ndarray:
    """Rows [columns] of the strongest line from the left side to the right (Viterbi 1967)."""
    total = line[:, 0].copy()
    came = np.zeros(line.shape, np.int8)
    steps = range(-_STEP, _STEP + 1)
    for column in range(1, line.shape[1]):
        padded = np.pad(total, _STEP, constant_values=-np.inf)
        options = np.stack([padded[_STEP + s : _STEP + s + len(total)] for s in steps])
        best = options.argmax(axis=0)
        came[:, column] = best - _STEP
        total = options[best, np.arange(len(total))] + line[:, column]
    rows = [int(total.argmax())]
    for column in range(line.shape[1] - 1, 0, -1):
        rows.append(rows[-1] + int(came[rows[-1], column]))
    return np.array(rows[::-1])


def _extent(bright: np.ndarray, path: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(top, bottom) rows [columns] of what is bright and joined to the path, gaps closed."""
    closed = ndimage.binary_closing(np.pad(bright, ((8, 8), (0, 0))), np.ones((13, 1)))[8:-8]
    rows = np.arange(len(bright))[:, None]
    off = ~closed
    top = np.where(off & (rows < path), rows, -1).max(axis=0) + 1
    bottom = np.where(off & (rows > path), rows, len(bright)).min(axis=0) - 1
    return top, bottom
