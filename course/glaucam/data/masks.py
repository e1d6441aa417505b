"""Mask files: which grey levels of which file mean inside."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from glaucam.data.images import HALF_SCALE, read_mask


@dataclass(frozen=True)
class MaskFile:
    """``inside``: the grey levels, both included, that mean inside the structure."""

    path: Path
    inside: tuple[int, int] = HALF_SCALE

    def read(self, size: tuple[int, int]) -> np.ndarray:
        """bool [H,W]; ImageError where it is not of its image's ``size`` (height, width)."""
        return read_mask(self.path, size, self.inside)
