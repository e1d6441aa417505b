"""Where the fundus is: the bright field inside a camera's dark surround."""

from __future__ import annotations

import numpy as np
from PIL import Image
from scipy import ndimage

_WORKING_SIDE = 128  # px; the field is large, so it is looked for in a small copy
_LEAST_SURROUND = 0.02  # of the image; less dark border than this is a crop's shadow, no surround


def find_field(image: np.ndarray) -> np.ndarray:
    """bool [H,W]: the convex hull of what is not dark surround; all True where there is none.

    Surround is what is dark and connected to the border, so that a dark fovea or haemorrhage inside
    stays in the field. A truncated circle is convex too, hence the hull.
    """
    height, width = image.shape[:2]
    field = _small_field(_shrink(brightest(image)))
    if field.all():
        return np.ones((height, width), bool)
    full = Image.fromarray(field.astype(np.uint8) * 255).resize(
        (width, height), Image.Resampling.BILINEAR
    )
    return np.asarray(full) >= 128


def is_whole_view(field: np.ndarray) -> bool:
    """The camera's dark surround in all four corners: a whole view of the fundus, no crop."""
    return not field[[0, 0, -1, -1], [0, -1, 0, -1]].any()


def brightest(image: np.ndarray) -> np.ndarray:
    """[H,W]: the largest channel of [H,W,3]; ``max(axis=2)``, several times as fast."""
    return np.maximum(np.maximum(image[..., 0], image[..., 1]), image[..., 2])


def field_box(field: np.ndarray) -> tuple[int, int, int, int]:
    """(left, top, right, bottom) in px of the field, right and bottom exclusive."""
    rows, columns = np.flatnonzero(field.any(axis=1)), np.flatnonzero(field.any(axis=0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def _shrink(level: np.ndarray) -> np.ndarray:
    scale = min(1.0, _WORKING_SIDE / max(level.shape))
    size = (max(1, round(level.shape[1] * scale)), max(1, round(level.shape[0] * scale)))
    return np.asarray(Image.fromarray(level).resize(size, Image.Resampling.BOX))


def _small_field(level: np.ndarray) -> np.ndarray:
    bright = level > _threshold(level)
    dark = np.pad(~bright, 1, constant_values=True)  # the pad joins all dark border regions
    regions, _ = ndimage.label(dark)
    surround = (regions == regions[0, 0])[1:-1, 1:-1]
    core = ndimage.binary_erosion(~surround, iterations=2, border_value=1)
    inside = ndimage.binary_dilation(core, iterations=2)  # opened: labels and dust fall away
    regions, count = ndimage.label(inside)
    everything = np.ones_like(bright)
    if surround.mean() < _LEAST_SURROUND or count == 0:
        return everything
    largest = regions == 1 + np.argmax(ndimage.sum_labels(inside, regions, range(1, count + 1)))
    if largest.mean() < 0.1:  # a stray highlight in a dark picture is no field
        return everything
    from skimage.morphology import convex_hull_image  # slow to import, and most crops need none

    return convex_hull_image(largest)


def _threshold(level: np.ndarray) -> float:
    """Between the darkest border and the middle of the picture, nearer to the dark."""
    height, width = level.shape
    middle = level[height // 4 : height - height // 4, width // 4 : width - width // 4]
    corner = max(1, min(height, width) // 16)
    corners = (level[:corner, :corner], level[:corner, -corner:],
               level[-corner:, :corner], level[-corner:, -corner:])  # fmt: skip
    dark = min(float(np.median(patch)) for patch in corners)
    return min(dark + 0.25 * max(0.0, float(np.median(middle)) - dark), 32.0)
