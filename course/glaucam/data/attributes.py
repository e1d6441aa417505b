"""What can be told of a picture without looking at the eye: size, bytes, colour, light, sharpness.

A network can learn its class from any of these, if the class folder lets it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from glaucam.data.disc import find_disc
from glaucam.data.field import field_box, find_field, is_whole_view
from glaucam.data.gate_fundus import has_no_colour
from glaucam.data.images import read_image

_LOOK = 384  # px of the longer side in which light and colour are measured
_CORNER = 12  # a corner is that part of the shorter side
_SAMPLE = 768  # px: sharpness is measured on the middle of the picture, unscaled


@dataclass(frozen=True)
class Attribute:
    """``title`` in words; ``advice``: what to do where it tells the class."""

    title: str
    advice: str


_RESIZE = "resize every picture to one size before anything looks at it, and say so"
_ENCODE = "save all pictures anew with one format and quality, from the originals"
_LIGHT = "standardise each picture's channels, augment light and colour, and test on another camera"
_MASK = "crop to the field and mask its surround and corners before training"
_MIRROR = "mirror left eyes, or both at random, and balance sides in each class"
ATTRIBUTES = {
    "width": Attribute("width, px", _RESIZE),
    "height": Attribute("height, px", _RESIZE),
    "aspect": Attribute("width ÷ height", _RESIZE),
    "bytes": Attribute("size of the file, bytes", _ENCODE),
    "bytes_per_pixel": Attribute("bytes per pixel", _ENCODE),
    "jpeg": Attribute("JPEG quantisation (0: no JPEG)", _ENCODE),
    "blocks": Attribute("steps at every 8th pixel: compression", _ENCODE),
    "mean_red": Attribute("mean red", _LIGHT),
    "mean_green": Attribute("mean green", _LIGHT),
    "mean_blue": Attribute("mean blue", _LIGHT),
    "brightness": Attribute("brightness", _LIGHT),
    "contrast": Attribute("spread of brightness", _LIGHT),
    "sharpness": Attribute("sharpness, pixel by pixel", _RESIZE),
    "border": Attribute("part of the picture outside the field", _MASK),
    "frame": Attribute("level of the outermost pixels", _MASK),
    "corner_top_left": Attribute("brightest spot of the top left corner", _MASK),
    "corner_top_right": Attribute("brightest spot of the top right corner", _MASK),
    "corner_bottom_left": Attribute("brightest spot of the bottom left corner", _MASK),
    "corner_bottom_right": Attribute("brightest spot of the bottom right corner", _MASK),
    "laterality": Attribute("disc right (+) or left (−) of the field's centre", _MIRROR),
}


def attributes_of(path: Path) -> dict[str, float | None]:
    """The value of every attribute of a file, None where one does not apply. Raises ImageError."""
    pixels = read_image(path)
    height, width = pixels.shape[:2]
    size = path.stat().st_size
    small = _small(pixels)
    field = find_field(small)
    inside = small[field].astype(np.float32)
    red, green, blue = (float(value) for value in inside.mean(axis=0))
    light = inside.mean(axis=1)
    return {
        "width": width,
        "height": height,
        "aspect": width / height,
        "bytes": size,
        "bytes_per_pixel": size / (width * height),
        "jpeg": _quantisation(path),
        "mean_red": red,
        "mean_green": green,
        "mean_blue": blue,
        "brightness": float(light.mean()),
        "contrast": float(light.std()),
        "border": 1 - float(field.mean()),
        **_fine(pixels),
        **_edges(small),
        "laterality": _laterality(small, field),
    }


def _small(pixels: np.ndarray) -> np.ndarray:
    import cv2

    scale = min(1.0, _LOOK / max(pixels.shape[:2]))
    size = max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale))
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)


def _quantisation(path: Path) -> float:
    """Mean step of a JPEG's luminance table: the larger, the coarser; 0 for other formats."""
    with Image.open(path) as image:
        tables = getattr(image, "quantization", None)
    return float(np.mean(tables[0])) if tables and 0 in tables else 0.0


def _fine(pixels: np.ndarray) -> dict[str, float]:
    """``sharpness``: log of the mean step between pixels, for their level; ``blocks``: how much
    larger it is at multiples of 8, where JPEG's blocks meet."""
    height, width = pixels.shape[:2]
    top, left = (max(0, (side - _SAMPLE) // 16 * 8) for side in (height, width))
    green = pixels[top : top + _SAMPLE, left : left + _SAMPLE, 1].astype(np.float32)
    steps = [np.abs(np.diff(green, axis=axis)).mean(axis=1 - axis) for axis in (0, 1)]
    at = [step[7::8] for step in steps if len(step) > 8]
    off = [np.delete(step, np.s_[7::8]) for step in steps if len(step) > 8]
    if not at:
        return {"sharpness": 0.0, "blocks": 0.0}
    apart = float(np.mean(np.concatenate(off)))
    return {
        "sharpness": float(np.log((apart + 0.05) / (green.mean() + 1))),
        "blocks": float(np.log((np.mean(np.concatenate(at)) + 0.05) / (apart + 0.05))),
    }


def _edges(small: np.ndarray) -> dict[str, float]:
    """Levels at the picture's border, where markers, labels and frames are."""
    import cv2

    level = cv2.blur(small.max(axis=2), (3, 3)).astype(np.float32)
    side = max(2, min(level.shape) // _CORNER)
    wide = max(1, side // 6)
    frame = [level[:wide].ravel(), level[-wide:].ravel(), level[:, :wide].ravel()]
    corners = {
        "top_left": level[:side, :side],
        "top_right": level[:side, -side:],
        "bottom_left": level[-side:, :side],
        "bottom_right": level[-side:, -side:],
    }
    spots = {f"corner_{name}": float(part.max()) for name, part in corners.items()}
    return {"frame": float(np.concatenate([*frame, level[:, -wide:].ravel()]).mean()), **spots}


def _laterality(small: np.ndarray, field: np.ndarray) -> float | None:
    """Where the disc is, from -1 (left) to 1, in a whole view of the fundus; else None."""
    if not is_whole_view(field) or has_no_colour(small):
        return None
    left, _, right, _ = field_box(field)
    return 2 * (find_disc(small).x - left) / (right - left) - 1
