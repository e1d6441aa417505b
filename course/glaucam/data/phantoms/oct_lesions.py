"""Three diseases of the macula, each drawn once and then seen in one slice or in many."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np

from glaucam.data.phantoms.oct_area import Area, area_of
from glaucam.data.phantoms.oct_drusen import draw_drusen
from glaucam.data.phantoms.oct_neovascular import draw_neovascular
from glaucam.data.phantoms.oct_oedema import draw_oedema
from glaucam.data.phantoms.oct_retina import Macula
from glaucam.data.phantoms.oct_tissue import Tissue, healthy


class Disease(Protocol):
    """What was drawn of a disease, in mm around the fovea."""

    def within(self, tissue: Tissue, row: int = 0) -> Tissue:
        """``tissue``, of the slice number ``row``, with it."""


_DISEASES: dict[str, Callable[[np.random.Generator, Area, float], Disease]] = {
    "CNV": draw_neovascular,
    "DME": draw_oedema,
    "DRUSEN": draw_drusen,
}


def draw_disease(
    rng: np.random.Generator, name: str, area: Area, severity: float
) -> Disease | None:
    """The disease of class ``name``; None for NORMAL and at severity 0."""
    return _DISEASES[name](rng, area, severity) if name in _DISEASES and severity > 0 else None


def diseased(rng: np.random.Generator, name: str, macula: Macula, severity: float) -> Tissue:
    """``macula`` with the disease of class ``name``; NORMAL and severity 0 leave it healthy."""
    disease = draw_disease(rng, name, area_of(macula), severity)
    return disease.within(healthy(macula)) if disease else healthy(macula)
