"""A disc seen through a view: every pixel's place relative to the disc's outline and cup."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from glaucam.data.phantoms.disc import Disc
from glaucam.data.phantoms.view import View


@dataclass(frozen=True)
class Polar:
    """Each float32 [S,S]: ``r`` mm from the disc's centre, ``theta`` in [0, 360)°, 0 nasal and 90
    superior; the radius of the disc's ``outline`` and ``cup`` at that angle; mm to the ``fovea``.
    """

    r: np.ndarray
    theta: np.ndarray
    outline: np.ndarray
    cup: np.ndarray
    fovea: np.ndarray

    @property
    def size(self) -> int:
        return len(self.r)


def polar(view: View, disc: Disc, fovea: np.ndarray) -> Polar:
    x, y = view.grid()
    theta = np.degrees(np.arctan2(y, x))
    theta[theta < 0] += 360
    return Polar(
        np.hypot(x, y),
        theta,
        disc.outline_at(theta).astype(np.float32),
        disc.cup_at(theta).astype(np.float32),
        np.hypot(x - np.float32(fovea[0]), y - np.float32(fovea[1])),
    )
