"""The eyes a visitor can look at: their own, phantoms whose truth is known, one real photo."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image

from glaucam.data import (
    FundusParameters,
    OctParameters,
    crop_around_disc,
    find_disc,
    find_field,
    fundus_phantom,
    oct_phantom,
    read_image,
)
from glaucam.data.field import is_whole_view
from glaucam.errors import ImageError, InputError, UnknownName
from glaucam.registry import unknown
from glaucam.scoring.estimated import SURE

PHANTOM_SIDE = 512  # px
THUMBNAIL_SIDE = 80  # px


FUNDUS, OCT = "fundus", "oct"  # the kinds of image
NO_MASK = "Nobody has drawn the disc in this photo, so nothing is said of the heat on it."
ESTIMATED = "Nobody has drawn the disc in this photo: its place is estimated."
NO_LESION_MASK = "Nobody has drawn lesions in this scan, so nothing is said of the heat on them."


@dataclass(frozen=True)
class Eye:
    """``image`` uint8 [H,W,3]; ``truth`` bool [H,W], the structure where disease shows, or None."""

    image: np.ndarray
    truth: np.ndarray | None
    known: str  # what is known of it, one sentence
    structure: str = "disc"

    def is_whole_view(self) -> bool:
        """The camera's dark surround in all four corners: a whole field, no crop."""
        return is_whole_view(find_field(self.image))

    def around_disc(self) -> Eye | None:
        """The part around the disc, as disc crops show it; None where none is found for sure."""
        disc = find_disc(self.image)
        if disc.confidence < SURE:
            return None
        truth = None if self.truth is None else crop_around_disc(self.truth, disc=disc)
        return replace(self, image=crop_around_disc(self.image, disc=disc), truth=truth)


@dataclass(frozen=True)
class PhantomExample:
    """A fundus phantom drawn on demand: always the same eye for the same numbers."""

    label: str
    view: str
    has_glaucoma: bool
    seed: int
    index: int
    kind: str = FUNDUS

    def eye(self) -> Eye:
        prevalence = float(self.has_glaucoma)  # all or none: the class is chosen, not drawn
        parameters = FundusParameters(PHANTOM_SIDE, self.view, prevalence=prevalence)
        phantom = fundus_phantom(self.seed, self.index, parameters)
        a = phantom.attributes
        known = (
            f"This phantom was drawn as {a['class']}, with a cup-to-disc ratio of {a['vcdr']:.2f}."
        )
        return Eye(phantom.image, phantom.masks["disc"], known)


@dataclass(frozen=True)
class ScanExample:
    """A phantom B-scan, as plain a case as the embedded model has seen."""

    label: str
    index: int
    seed: int = 12
    severity: float = 1.6
    kind: str = OCT

    def eye(self) -> Eye:
        parameters = OctParameters(PHANTOM_SIDE, self.severity)
        phantom = oct_phantom(self.seed, self.index, parameters)
        lesion = phantom.masks["lesion"]
        known = f"This phantom was drawn as {phantom.attributes['class']}."
        return Eye(phantom.image, lesion if lesion.any() else None, known, "lesion")


@dataclass(frozen=True)
class PhotoExample:
    """The one real fundus photo that scikit-image carries inside its package."""

    label: str
    kind: str = FUNDUS

    def eye(self) -> Eye:
        from skimage import data

        known = "A real photo, of a healthy eye by its source. "
        return Eye(read_image(data.retina()), None, known + NO_MASK)


EXAMPLES: dict[str, PhantomExample | ScanExample | PhotoExample] = {
    "glaucoma-crop": PhantomExample("Glaucoma, disc crop", "crop", True, 11, 0),
    "normal-crop": PhantomExample("Normal, disc crop", "crop", False, 11, 21),
    "glaucoma-crop-2": PhantomExample("Glaucoma, disc crop", "crop", True, 11, 12),
    "normal-crop-2": PhantomExample("Normal, disc crop", "crop", False, 11, 0),
    "glaucoma-whole": PhantomExample("Glaucoma, whole view", "disc", True, 11, 3),
    "normal-whole": PhantomExample("Normal, whole view", "disc", False, 11, 10),
    "real-photo": PhotoExample("Real photo"),
    "oct-normal": ScanExample("NORMAL scan", 8),
    "oct-cnv": ScanExample("CNV", 10),
    "oct-dme": ScanExample("DME", 11),
    "oct-drusen": ScanExample("DRUSEN", 2),
    "oct-dme-2": ScanExample("DME", 1),
    "oct-drusen-2": ScanExample("DRUSEN", 13),
}


def examples_of(kind: str) -> dict[str, str]:
    """Name → label of the examples of a kind, in the order of menus."""
    return {name: one.label for name, one in EXAMPLES.items() if one.kind == kind}


def chosen_eye(photo: str | None, example: str | None, kind: str = FUNDUS) -> Eye:
    """The uploaded file if there is one, else the example. Raises InputError for neither."""
    if photo:
        structure, known = ("lesion", NO_LESION_MASK) if kind == OCT else ("disc", NO_MASK)
        return Eye(read_image(_uploaded(photo)), None, known, structure)
    if example:
        return example_eye(example)
    raise InputError(
        "No eye chosen yet: drop in a fundus photo or an OCT scan, or pick an example."
    )


@lru_cache(maxsize=len(EXAMPLES))
def example_eye(name: str) -> Eye:
    """The example's eye; drawn once. Raises UnknownName with the known names."""
    if name not in EXAMPLES:
        raise UnknownName(unknown("example", name, EXAMPLES))
    return EXAMPLES[name].eye()


def thumbnail(name: str) -> str:
    """A small JPEG of the example as a data URI, so that the page needs no file for it."""
    picture = Image.fromarray(example_eye(name).image).convert("RGB")
    picture.thumbnail((2 * THUMBNAIL_SIDE, 2 * THUMBNAIL_SIDE))  # sharp on a dense screen
    buffer = io.BytesIO()
    picture.save(buffer, format="JPEG", quality=82)
    return "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode()


def _uploaded(path: str) -> bytes:
    """The file's bytes: errors then speak of "the uploaded file", not of a path on the server."""
    try:
        return Path(path).read_bytes()
    except OSError:
        raise ImageError(
            "the uploaded file: no longer kept here (uploads are deleted after some minutes); "
            "drop it in again"
        ) from None
