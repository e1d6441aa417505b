"""One fundus phantom: a synthetic fundus photo and the exact truth about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from glaucam.data.phantoms.camera import draw_look, photograph
from glaucam.data.phantoms.disc import Disc, draw_disc
from glaucam.data.phantoms.parameters import CLASSES, FundusParameters
from glaucam.data.phantoms.polar import Polar, polar
from glaucam.data.phantoms.ribbons import draw_vessels
from glaucam.data.phantoms.shortcuts import (
    bears_shortcut,
    planted_look,
    planted_view,
    shortcut_mask,
)
from glaucam.data.phantoms.signs import Signs, draw_signs
from glaucam.data.phantoms.tissue import draw_pigment, paint
from glaucam.data.phantoms.vessels import grow_vessels
from glaucam.data.phantoms.view import View, draw_view
from glaucam.errors import InputError

_FOVEA_RADIUS = 0.75  # mm; the fovea is 1.5 mm across
DEFAULT = FundusParameters()
_GOLDEN = (5**0.5 - 1) / 2
VIEW_SHARES = {"crop": 0.5, "disc": 0.35, "macula": 0.15}
_EYES, _PATIENTS, _PICTURES, _CAMERAS, _SHORTCUTS = range(5)  # separate random streams


@dataclass(frozen=True)
class Phantom:
    """``image`` uint8 [S,S,3], ``masks`` structure → bool [S,S], ``label`` 0 normal, 1 glaucoma."""

    image: np.ndarray
    masks: dict[str, np.ndarray]
    label: int
    attributes: dict[str, Any]


@dataclass(frozen=True)
class Eye:
    """What an eye is before it is photographed; cheap to draw."""

    label: int
    patient: int
    laterality: str  # "R" or "L"
    disc: Disc
    fovea: np.ndarray  # mm from the disc's centre
    pigment: np.ndarray  # log RGB of the bare fundus
    signs: Signs
    view: View
    bears_shortcut: bool | None  # None where none was planted

    def attributes(self) -> dict[str, Any]:
        return {
            "class": CLASSES[self.label],
            "patient": f"p{self.patient:05d}",
            "laterality": self.laterality,
            "view": self.view.kind,
            "vcdr": round(self.disc.vcdr, 4),
            "disc_diameter": round(self.disc.diameter, 4),  # vertical, mm
            "disc_pixels": round(float(self.disc.diameter * self.view.scale), 2),
            "notches": len(self.disc.notches),
            "wedges": len(self.signs.wedges),
            "pallor": round(self.signs.pallor, 3),  # of the cup; 1 in the median normal eye
            "fibres": round(self.signs.fibres, 3),  # nerve-fibre sheen that is left
            "atrophy": round(self.signs.atrophy.width, 3) if self.signs.atrophy else 0.0,
            "haemorrhage": self.signs.haemorrhage is not None,
        } | ({} if self.bears_shortcut is None else {"shortcut": self.bears_shortcut})


def label_of(seed: int, index: int, prevalence: float = 0.5) -> int:
    """1 (glaucoma) or 0 (normal). Both eyes of a patient agree.

    Patients take turns by the golden ratio, so that even a handful holds both classes.
    """
    start = np.random.default_rng(np.random.SeedSequence([seed])).random()
    return int((start + (index // 2) * _GOLDEN) % 1 < prevalence)


def draw_eye(seed: int, index: int, parameters: FundusParameters = DEFAULT) -> Eye:
    """The eye number ``index``: 2k and 2k + 1 are the right and left eye of patient k."""
    _refuse(seed, index)
    patient, label = index // 2, label_of(seed, index, parameters.prevalence)
    person, rng = _stream(seed, patient, _PATIENTS), _stream(seed, index, _EYES)
    area = 1.95 * np.exp(0.17 * person.standard_normal())  # mm², lognormal
    pigment, kind = draw_pigment(person), _draw_kind(person, parameters.view)
    disc = draw_disc(rng, area * np.exp(rng.normal(0, 0.06)), bool(label), parameters.severity)
    fovea = _draw_fovea(rng)
    signs = draw_signs(rng, disc, bool(label), parameters.severity)
    bears = bears_shortcut(_stream(seed, index, _SHORTCUTS), label, parameters)
    side = 1 if index % 2 == 0 else -1
    if parameters.shortcut == "laterality":
        side = 1 if bears else -1
    view = draw_view(rng, kind, parameters.size, side, disc.diameter, fovea)
    view = planted_view(view, parameters.shortcut, bears)
    laterality = "R" if side > 0 else "L"
    return Eye(label, patient, laterality, disc, fovea, pigment, signs, view, bears)


def fundus_phantom(seed: int, index: int, parameters: FundusParameters = DEFAULT) -> Phantom:
    """The phantom ``index`` of ``seed``, the same whatever was drawn before and by whom.

    ``masks`` holds disc, cup, rim, vessel, fovea and field, exact at pixel centres; and wedge,
    lesion and shortcut where the eye has one that can be seen at a place.
    """
    eye = draw_eye(seed, index, parameters)
    rng, view = _stream(seed, index, _PICTURES), eye.view
    centre, reach = view.reach()
    vessels = draw_vessels(grow_vessels(rng, eye.disc, eye.fovea, centre, reach), view)
    at = polar(view, eye.disc, eye.fovea)
    scene, found = paint(rng, view, at, eye.pigment, vessels, eye.signs)
    camera = _stream(seed, index, _CAMERAS)
    look = planted_look(draw_look(camera), parameters.shortcut, eye.bears_shortcut)
    image, label = photograph(camera, scene, view, look)
    masks = _masks(view, at, vessels.mask)
    masks |= {name: mask & masks["field"] for name, mask in found.items()}
    if (shortcut := shortcut_mask(parameters.shortcut, masks["field"], label)) is not None:
        masks["shortcut"] = shortcut
    return Phantom(image, masks, eye.label, eye.attributes())


def _masks(view: View, at: Polar, vessel: np.ndarray) -> dict[str, np.ndarray]:
    field = view.field_distance() > 0
    disc = (at.r <= at.outline) & field
    cup = (at.r <= at.cup) & disc
    masks = {"disc": disc, "cup": cup, "rim": disc & ~cup, "field": field}
    return masks | {"vessel": vessel & field, "fovea": (at.fovea <= _FOVEA_RADIUS) & field}


def _draw_fovea(rng: np.random.Generator) -> np.ndarray:
    """4.76 ± .34 mm temporal of the disc's centre and 7.8 ± 3.6° below it."""
    away, below = rng.normal(4.76, 0.34), np.deg2rad(rng.normal(7.8, 3.6))
    return away * np.array([-np.cos(below), -np.sin(below)])


def _draw_kind(rng: np.random.Generator, view: str) -> str:
    drawn = str(rng.choice(list(VIEW_SHARES), p=list(VIEW_SHARES.values())))
    return drawn if view == "mixed" else view


def _stream(seed: int, index: int, which: int) -> np.random.Generator:
    return np.random.default_rng(np.random.SeedSequence([seed, index, which]))


def _refuse(seed: int, index: int) -> None:
    if seed < 0 or index < 0:
        raise InputError(f"seed {seed} and index {index}; expected whole numbers from 0 on")
