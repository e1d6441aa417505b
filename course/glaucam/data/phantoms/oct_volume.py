"""An OCT volume phantom: B-scans of one eye, one below the other, and the truth about them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from glaucam.data.phantoms.oct import (
    CENTRAL,
    LESION_HEIGHT,
    OctPhantom,
    build_of,
    clear_of_wedges,
    oct_label_of,
    patient_of,
    scanned,
    stream,
    within_frame,
)
from glaucam.data.phantoms.oct_area import area_across
from glaucam.data.phantoms.oct_lesions import draw_disease
from glaucam.data.phantoms.oct_parameters import OCT_CLASSES, OctVolumeParameters
from glaucam.data.phantoms.oct_raster import draw_maculae
from glaucam.data.phantoms.oct_scanner import Scanner, draw_scanner
from glaucam.data.phantoms.oct_tissue import Tissue, healthy
from glaucam.data.phantoms.oct_volume_media import VolumeMedia, draw_volume_media
from glaucam.errors import InputError

DEFAULT = OctVolumeParameters()
_SWELLING = 30.0  # µm over the same eye in health, within what healthy eyes differ by
_DAMAGE = 1 / 3  # of the photoreceptors' bands
# random streams, apart from those of single scans
_EYES, _LESIONS, _GRAINS, _PLANES, _PICTURES, _HEALTH = range(6, 12)
_FIRST_PLANE = 1000  # planes are counted from the fovea, both ways; streams from 0 on


@dataclass(frozen=True)
class OctVolume:
    """``images`` uint8 [D,S,S,3], ``masks`` structure → bool [D,S,S], ``layers`` uint8 [D,S,S].

    ``label`` is the eye's class; ``labels`` int [D] say what each B-scan shows, see ``shows``.
    """

    images: np.ndarray
    masks: dict[str, np.ndarray]
    layers: np.ndarray
    label: int
    labels: np.ndarray
    attributes: dict[str, Any]


@dataclass(frozen=True)
class VolumeEye:
    """What a volume is before its B-scans are made; cheap to draw."""

    seed: int
    index: int
    label: int
    tissues: tuple[Tissue, ...]  # of each slice, from above to below
    media: VolumeMedia
    scanner: Scanner

    @property
    def labels(self) -> np.ndarray:
        """int64 [D]: the eye's class where the B-scan shows it, else NORMAL."""
        return np.array([self.label if shows(tissue) else 0 for tissue in self.tissues], np.int64)

    @property
    def spacing(self) -> float:
        """mm from a slice to the next."""
        return round(self.tissues[1].macula.y - self.tissues[0].macula.y, 4)

    def scan(self, k: int) -> OctPhantom:
        """B-scan number ``k``, the same whichever others are made."""
        tissue, own = self.tissues[k], (self.seed, self.index)
        media = self.media.of_slice(
            k,
            tissue.macula,
            stream(*own, _GRAINS, k),
            lambda plane: stream(*own, _PLANES, _FIRST_PLANE + plane),
        )
        noise = (stream(*own, _PICTURES, k), stream(*own, _HEALTH, k))
        whose = (self.label if shows(tissue) else 0, patient_of(self.index))
        scan = scanned(tissue, media, self.scanner, noise, whose)
        place = {"volume": f"v{self.index:05d}", "volume_class": OCT_CLASSES[self.label],
                 "slice": k, "y_mm": round(tissue.macula.y, 3),
                 "spacing_mm": self.spacing}  # fmt: skip
        return replace(scan, attributes=scan.attributes | place)

    def attributes(self) -> dict[str, Any]:
        """Lengths in mm; ``y_mm`` the slices' places, ``central_um`` over the central subfield."""
        macula = self.tissues[0].macula
        y = [tissue.macula.y for tissue in self.tissues]
        central = [tissue.total[tissue.macula.radius <= CENTRAL] for tissue in self.tissues]
        return {
            "class": OCT_CLASSES[self.label],
            "patient": f"p{patient_of(self.index):05d}",
            "meridian": macula.meridian,
            "width_mm": round(float(macula.x[-1] - macula.x[0]), 3),
            "spacing_mm": self.spacing,
            "y_mm": tuple(round(place, 3) for place in y),
            "central_um": round(float(np.concatenate(central).mean()), 1),
        }


def shows(tissue: Tissue) -> bool:
    """Whether a slice shows disease: anything raised, a cyst, swelling, or bands that are lost."""
    swelling = tissue.total - tissue.macula.thickness.sum(axis=0)
    return bool(
        tissue.cysts
        or (tissue.raised > LESION_HEIGHT).any()
        or (swelling > _SWELLING).any()
        or (tissue.damage > _DAMAGE).any()
    )


def oct_volume(seed: int, index: int, parameters: OctVolumeParameters = DEFAULT) -> OctVolume:
    """The volume ``index`` of ``seed``, the same whatever was drawn before and by whom.

    Patient and class are those of the scan ``index`` of ``oct_phantom``.
    """
    eye = draw_volume(seed, index, parameters)
    scans = [eye.scan(k) for k in range(parameters.slices)]
    return OctVolume(
        images=np.stack([scan.image for scan in scans]),
        masks={name: np.stack([scan.masks[name] for scan in scans]) for name in scans[0].masks},
        layers=np.stack([scan.layers for scan in scans]),
        label=eye.label,
        labels=eye.labels,
        attributes=eye.attributes(),
    )


@lru_cache(maxsize=4)
def draw_volume(seed: int, index: int, parameters: OctVolumeParameters = DEFAULT) -> VolumeEye:
    """A volume's eye and scanner; raises InputError on a negative seed or index."""
    if seed < 0 or index < 0:
        raise InputError(f"seed {seed} and index {index}; expected whole numbers from 0 on")
    size, label = parameters.size, oct_label_of(seed, index)
    rng = stream(seed, index, _EYES)
    maculae = draw_maculae(rng, build_of(seed, index), size, parameters.slices)
    lesions = stream(seed, index, _LESIONS)
    area = area_across(lesions, maculae)
    disease = draw_disease(lesions, OCT_CLASSES[label], area, parameters.severity)
    tissues = tuple(healthy(macula) for macula in maculae)
    if disease:
        tissues = tuple(disease.within(tissue, k) for k, tissue in enumerate(tissues))
    tissues = within_frame(tissues)
    media = draw_volume_media(rng, maculae)
    scanner = draw_scanner(rng, size, clear_of_wedges(tissues))
    return VolumeEye(seed, index, label, tissues, media, scanner)
