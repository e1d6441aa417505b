"""Heat on the disc where nobody has drawn it: the disc is found, and the figures say so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from glaucam.data import find_disc
from glaucam.metrics import energy_share, lift

if TYPE_CHECKING:
    from glaucam.data import Preprocessing

SURE = 0.8  # confidence of the disc's place below which nothing is said


def heat_on_estimated_disc(
    heatmap: Any, image: np.ndarray, preprocessing: Preprocessing
) -> dict[str, Any] | None:
    """Share and lift of ``heatmap`` [S,S] on the disc found in a fundus photo uint8 [H,W,3].

    None where no disc was found for sure. Otherwise ``structure, share, lift, estimated`` (True),
    ``confidence`` and ``disc``: its centre and diameter in px of the image.
    """
    disc = find_disc(image)
    if disc.confidence < SURE:
        return None
    mask = preprocessing.frame_mask(disc.mask(image.shape[:2]), image)
    if not mask.any():
        return None
    return {
        "structure": "disc",
        "share": energy_share(heatmap, mask),
        "lift": lift(heatmap, mask),
        "estimated": True,
        "confidence": round(disc.confidence, 3),
        "disc": {"x": round(disc.x, 1), "y": round(disc.y, 1), "diameter": round(disc.diameter, 1)},
    }
