"""One OCT phantom: a synthetic B-scan of the macula and the exact truth about it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from glaucam.data.phantoms.fundus import Phantom
from glaucam.data.phantoms.oct_lesions import diseased
from glaucam.data.phantoms.oct_light import cyst_cover, light
from glaucam.data.phantoms.oct_media import draw_media
from glaucam.data.phantoms.oct_parameters import (
    LAYER,
    OCT_CLASSES,
    OUTSIDE,
    OctParameters,
)
from glaucam.data.phantoms.oct_retina import FRAME, draw_build, draw_macula
from glaucam.data.phantoms.oct_scanner import as_in_health, display, draw_scanner, export
from glaucam.data.phantoms.oct_tissue import Tissue, healthy
from glaucam.errors import InputError

_FOVEA_RADIUS = 0.75  # mm; the fovea is 1.5 mm across
_LESION_HEIGHT = 8.0  # µm from which the pigment epithelium counts as raised
DEFAULT = OctParameters()
_ORDERS, _PATIENTS, _LESIONS, _EYES, _PICTURES, _HEALTH = range(6)  # separate random streams


@dataclass(frozen=True)
class OctPhantom(Phantom):
    """``layers``: uint8 [S,S], each pixel's number in LAYERS, 255 outside the scanned field."""

    layers: np.ndarray


def patient_of(index: int) -> int:
    """Scans i and i + 4 of each eight are of one patient, so that any first four are of four."""
    return 4 * (index // 8) + index % 4


def oct_label_of(seed: int, index: int) -> int:
    """The class's number in OCT_CLASSES. Each four patients hold all four, in random order."""
    turn, place = divmod(patient_of(index), 4)
    return int(_stream(seed, turn, _ORDERS).permutation(len(OCT_CLASSES))[place])


def oct_phantom(seed: int, index: int, parameters: OctParameters = DEFAULT) -> OctPhantom:
    """The phantom ``index`` of ``seed``, the same whatever was drawn before and by whom.

    ``masks`` holds lesion, cyst, retina, fovea, field and each layer, exact at pixel centres.
    """
    if seed < 0 or index < 0:
        raise InputError(f"seed {seed} and index {index}; expected whole numbers from 0 on")
    size, label = parameters.size, oct_label_of(seed, index)
    rng = _stream(seed, index, _EYES)
    macula = draw_macula(rng, draw_build(_stream(seed, patient_of(index), _PATIENTS)), size)
    tissue = _within_frame(
        diseased(_stream(seed, index, _LESIONS), OCT_CLASSES[label], macula, parameters.severity)
    )
    media = draw_media(rng, macula.x)
    scanner = draw_scanner(rng, size, _clear_of_wedges(tissue))
    grey = display(_stream(seed, index, _PICTURES), light(tissue, media, size), scanner)
    twin = light(healthy(tissue.macula), media, size, step=4)
    twin = display(_stream(seed, index, _HEALTH), twin, scanner)
    pixels, field = export(as_in_health(grey, twin), scanner)
    masks, layers = _truth(tissue, size, field)
    attributes = _attributes(tissue, label, patient_of(index), masks)
    return OctPhantom(np.repeat(pixels[..., None], 3, axis=2), masks, label, attributes, layers)


def _within_frame(tissue: Tissue) -> Tissue:
    """Lowered until all of the surface is in the frame."""
    above = max(0.0, 20 - float(tissue.boundaries[0].min()))
    return replace(tissue, macula=tissue.macula.lowered(above))


def _clear_of_wedges(tissue: Tissue) -> tuple[float, float]:
    """Depths µm between which no wedge may lie; its reach is nearly always set by the health."""
    macula = tissue.macula
    top = min(macula.inner_limit.min() - 110, tissue.boundaries[0].min() - 15)
    return float(top), float(macula.bruch.max() + 120)


def _truth(
    tissue: Tissue, size: int, field: np.ndarray
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """The masks by name and the label map."""
    depth = (np.arange(size) + 0.5) * (FRAME / size)
    layers = tissue.layers_at(depth)
    layers[~field] = OUTSIDE
    cyst = (cyst_cover(tissue, depth) >= 0.5) & field
    raised = tissue.sub_rpe + tissue.subretinal > _LESION_HEIGHT
    within = (layers >= LAYER["subretinal"]) & (layers <= LAYER["sub_rpe"])
    retina = (layers >= LAYER["rnfl"]) & (layers <= LAYER["sub_rpe"])
    masks = {
        "lesion": cyst | (within & raised),
        "cyst": cyst,
        "retina": retina,
        "fovea": retina & (np.abs(tissue.macula.x) <= _FOVEA_RADIUS),
        "field": field,
    }
    return masks | {name: layers == number for name, number in LAYER.items()}, layers


def _attributes(
    tissue: Tissue, label: int, patient: int, masks: dict[str, np.ndarray]
) -> dict[str, Any]:
    macula = tissue.macula
    central = np.abs(macula.x) <= 0.5
    thickness = tissue.boundaries[LAYER["choroid"] - 1] - tissue.boundaries[0]
    return {
        "class": OCT_CLASSES[label],
        "patient": f"p{patient:05d}",
        "meridian": macula.meridian,
        "width_mm": round(float(macula.x[-1] - macula.x[0]), 3),
        "central_um": round(float(thickness[central].mean()), 1) if central.any() else None,
        "lesion_share": round(float(masks["lesion"].mean()), 5),  # of the picture's area
        "cysts": len(tissue.cysts),
    }


def _stream(seed: int, index: int, which: int) -> np.random.Generator:
    return np.random.default_rng(np.random.SeedSequence([seed, index, which]))
