"""Mask files: which grey levels of which file mean inside."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from glaucam.data.images import read_image
from glaucam.errors import ImageError

HALF_SCALE = (128, 255)


@dataclass(frozen=True)
class MaskFile:
    """``inside``: the grey levels, both included, that mean inside the structure."""

    path: Path
    inside: tuple[int, int] = HALF_SCALE


def read_mask_file(file: MaskFile, size: tuple[int, int]) -> np.ndarray:
    """bool [H,W]; ImageError where it is not of its image's ``size`` (height, width)."""
    level = read_image(file.path).max(axis=2)
    if level.shape != tuple(size):
        raise ImageError(
            f"{file.path}: the mask is {level.shape[1]}×{level.shape[0]} px but its image is "
            f"{size[1]}×{size[0]} px; export it at the image's size"
        )
    low, high = file.inside
    return (level >= low) & (level <= high)
