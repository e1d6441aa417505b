"""One eye before it is photographed: its anatomy, its signs of disease, the views taken of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from glaucam.data.phantoms.disc import Disc, draw_disc, progressed
from glaucam.data.phantoms.parameters import CLASSES, FundusParameters
from glaucam.data.phantoms.shortcuts import bears_shortcut, planted_view
from glaucam.data.phantoms.signs import Signs, draw_signs
from glaucam.data.phantoms.tissue import draw_pigment
from glaucam.data.phantoms.view import View, canvas_of, draw_view
from glaucam.errors import InputError

DEFAULT = FundusParameters()
_GOLDEN = (5**0.5 - 1) / 2
# Separate random streams: what one draws moves no other. New ones go to the end.
EYES, PATIENTS, PICTURES, CAMERAS, SHORTCUTS = range(5)
VIEWS_AGAIN, CAMERAS_AGAIN, CHANGES, RETINOPATHY = range(5, 9)


@dataclass(frozen=True)
class Place:
    """Which picture of a data set: ``visit`` (from 0 on) of eye ``number``."""

    number: int
    visit: int

    @property
    def patient(self) -> int:
        return self.number // 2


def place_of(index: int, visits: int = 1) -> Place:
    """Pictures 2k and 2k + 1 are the right and left eye of patient k. With two visits pictures 4k
    to 4k + 3 are: right, left, and the same two eyes later.
    """
    patient, picture = divmod(index, 2 * visits)
    visit, side = divmod(picture, 2)
    return Place(2 * patient + side, visit)


@dataclass(frozen=True)
class Eye:
    """What an eye is before it is photographed; cheap to draw. ``discs`` and ``views`` hold one for
    each visit to the camera, ``visit`` says which is meant.
    """

    label: int
    number: int
    laterality: str  # "R" or "L"
    discs: tuple[Disc, ...]
    fovea: np.ndarray  # mm from the disc's centre
    pigment: np.ndarray  # log RGB of the bare fundus
    signs: Signs
    views: tuple[View, ...]
    visit: int
    bears_shortcut: bool | None  # None where none was planted

    @property
    def patient(self) -> int:
        return self.number // 2

    @property
    def disc(self) -> Disc:
        return self.discs[self.visit]

    @property
    def view(self) -> View:
        return self.views[self.visit]

    @property
    def canvas(self) -> View:
        """What is painted: all that any picture of this eye shows."""
        return canvas_of(self.views)

    def attributes(self) -> dict[str, Any]:
        told = {
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
        }
        told |= {"visit": self.visit + 1} if len(self.views) > 1 else {}
        return told | ({} if self.bears_shortcut is None else {"shortcut": self.bears_shortcut})


def turn_of(seed: int, patient: int) -> float:
    """In [0,1). Patients take turns by the golden ratio, so even a handful holds all classes."""
    start = np.random.default_rng(np.random.SeedSequence([seed])).random()
    return float((start + patient * _GOLDEN) % 1)


def label_of(seed: int, index: int, parameters: FundusParameters = DEFAULT) -> int:
    """1 (glaucoma) or 0 (normal). Both eyes of a patient agree, at every visit."""
    patient = place_of(index, parameters.visits).patient
    return int(turn_of(seed, patient) < parameters.prevalence)


def draw_eye(seed: int, index: int, parameters: FundusParameters = DEFAULT) -> Eye:
    """The eye of picture ``index`` (see ``place_of``)."""
    refuse(seed, index)
    label = label_of(seed, index, parameters)
    place = place_of(index, parameters.visits)
    return eye_at(seed, place, (label,) * parameters.visits, parameters, glaucoma=bool(label))


def eye_at(
    seed: int,
    place: Place,
    labels: tuple[int, ...],
    parameters: FundusParameters,
    glaucoma: bool = False,
) -> Eye:
    """The eye at ``place``, whose label at each visit is given: a planted shortcut goes with it."""
    person, rng = stream(seed, place.patient, PATIENTS), stream(seed, place.number, EYES)
    area = 1.95 * np.exp(0.17 * person.standard_normal())  # mm², lognormal
    pigment, kind = draw_pigment(person), _draw_kind(person, parameters)
    area *= np.exp(rng.normal(0, 0.06))
    disc = draw_disc(rng, area, glaucoma, parameters.severity)
    fovea = _draw_fovea(rng)
    signs = draw_signs(rng, disc, glaucoma, parameters.severity, parameters.ranges)
    bears = [
        bears_shortcut(stream(seed, place.number, SHORTCUTS), label, parameters) for label in labels
    ]
    side = 1 if place.number % 2 == 0 else -1
    if parameters.shortcut == "laterality":
        side = 1 if bears[0] else -1
    rngs = (rng, stream(seed, place.number, VIEWS_AGAIN))[: parameters.visits]
    views = (draw_view(rng, kind, parameters.size, side, disc.diameter, fovea) for rng in rngs)
    return Eye(
        labels[place.visit], place.number, "R" if side > 0 else "L",
        (disc, *_later(seed, place, disc, parameters, glaucoma)), fovea, pigment, signs,
        tuple(planted_view(v, parameters.shortcut, b) for v, b in zip(views, bears, strict=True)),
        place.visit, bears[place.visit],
    )  # fmt: skip


def stream(seed: int, index: int, which: int, *further: int) -> np.random.Generator:
    """Random numbers of their own for each key; ``further`` numbers count from 1 on."""
    return np.random.default_rng(np.random.SeedSequence([seed, index, which, *further]))


def refuse(seed: int, index: int) -> None:
    """InputError where there is no such phantom."""
    if seed < 0 or index < 0:
        raise InputError(f"seed {seed} and index {index}; expected whole numbers from 0 on")


def _later(
    seed: int, place: Place, disc: Disc, parameters: FundusParameters, glaucoma: bool
) -> tuple[Disc, ...]:
    """The disc at the second visit, if there is one; a normal one stays as it is."""
    if parameters.visits == 1:
        return ()
    if not glaucoma:
        return (disc,)
    return (progressed(stream(seed, place.number, CHANGES), disc, parameters.severity),)


def _draw_fovea(rng: np.random.Generator) -> np.ndarray:
    """4.76 ± .34 mm temporal of the disc's centre and 7.8 ± 3.6° below it."""
    away, below = rng.normal(4.76, 0.34), np.deg2rad(rng.normal(7.8, 3.6))
    return away * np.array([-np.cos(below), -np.sin(below)])


def _draw_kind(rng: np.random.Generator, parameters: FundusParameters) -> str:
    drawn = str(rng.choice(list(parameters.mix), p=list(parameters.mix.values())))
    return drawn if parameters.view == "mixed" else parameters.view
