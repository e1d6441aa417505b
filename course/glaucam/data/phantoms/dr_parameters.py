"""What can be asked of an eye with diabetic retinopathy, and the names of what is in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from glaucam.data.layout import KNOWN_CLASSES, LESIONS
from glaucam.data.phantoms.parameters import FundusParameters

GRADES = KNOWN_CLASSES["dr"]  # 0 … 4, of the international scale (Wilkinson et al. 2003)
REFERABLE = 2  # the first grade that is
REFERABLE_CLASSES = KNOWN_CLASSES["dr_referable"]
FINDINGS = (*LESIONS, "irma", "beading")  # each has a mask where there is one; lesion is all
_SHARES = (0.6, 0.4, 0.4, 0.3, 0.3)  # of grades 0, 1 | 2, 3, 4 among those not referable | those


@dataclass(frozen=True)
class DrParameters(FundusParameters):
    """As of fundus phantoms, of whole eyes: retinopathy is not read from a crop of the disc.

    ``prevalence`` is the share of patients whose retinopathy is referable (grade 2 or more) at the
    first visit; ``severity`` scales how plainly lesions show, their number is the grade's. A
    planted shortcut goes with referable. At a second visit an eye has the same grade or the next.
    """

    views: ClassVar[tuple[str, ...]] = ("macula", "disc")
    mix: ClassVar[Mapping[str, float]] = {"macula": 0.7, "disc": 0.3}

    size: int = 512

    def shares(self) -> np.ndarray:
        """Of patients with grade 0 … 4 at the first visit, float [5]."""
        ill = np.arange(len(GRADES)) >= REFERABLE
        return np.where(ill, self.prevalence, 1 - self.prevalence) * _SHARES
