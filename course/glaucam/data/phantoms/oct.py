"""One OCT phantom: a synthetic B-scan of the macula and the exact truth about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from glaucam.data.phantoms.fundus import Phantom
from glaucam.data.phantoms.oct_lesions import diseased
from glaucam.data.phantoms.oct_light import cyst_cover, light
from glaucam.data.phantoms.oct_media import Media, draw_media
from glaucam.data.phantoms.oct_parameters import (
    LAYER,
    OCT_CLASSES,
    OUTSIDE,
    OctParameters,
)
from glaucam.data.phantoms.oct_retina import FRAME, Build, draw_build, draw_macula
from glaucam.data.phantoms.oct_scanner import (
    Scanner,
    as_in_health,
    display,
    draw_scanner,
    export,
)
from glaucam.data.phantoms.oct_tissue import Tissue, healthy
from glaucam.errors import InputError

_FOVEA_RADIUS = 0.75  # mm; the fovea is 1.5 mm across
CENTRAL = 0.5  # mm, radius of the central subfield
LESION_HEIGHT = 8.0  # µm from which the pigment epithelium counts as raised
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
    return int(stream(seed, turn, _ORDERS).permutation(len(OCT_CLASSES))[place])


def oct_phantom(seed: int, index: int, parameters: OctParameters = DEFAULT) -> OctPhantom:
    """The phantom ``index`` of ``seed``, the same whatever was drawn before and by whom.

    ``masks`` holds lesion, cyst, retina, fovea, field and each layer, exact at pixel centres.
    """
    if seed < 0 or index < 0:
        raise InputError(f"seed {seed} and index {index}; expected whole numbers from 0 on")
    size, label = parameters.size, oct_label_of(seed, index)
    rng = stream(seed, index, _EYES)
    macula = draw_macula(rng, build_of(seed, index), size)
    tissue = diseased(
        stream(seed, index, _LESIONS), OCT_CLASSES[label], macula, parameters.severity
    )
    (tissue,) = within_frame((tissue,))
    media = draw_media(rng, macula.x)
    scanner = draw_scanner(rng, size, clear_of_wedges((tissue,)))
    noise = (stream(seed, index, _PICTURES), stream(seed, index, _HEALTH))
    return scanned(tissue, media, scanner, noise, (label, patient_of(index)))


def scanned(
    tissue: Tissue,
    media: Media,
    scanner: Scanner,
    noise: tuple[np.random.Generator, np.random.Generator],
    whose: tuple[int, int],
) -> OctPhantom:
    """The B-scan of ``tissue``, with its truth.

    ``noise`` is for its own speckle and that of its healthy twin; ``whose`` its label and patient.
    """
    size = len(tissue.macula.x)
    grey = display(noise[0], light(tissue, media, size), scanner)
    twin = light(healthy(tissue.macula), media, size, step=4)
    twin = display(noise[1], twin, scanner)
    pixels, field = export(as_in_health(grey, twin), scanner)
    masks, layers = _truth(tissue, size, field)
    attributes = _attributes(tissue, *whose, masks)
    return OctPhantom(np.repeat(pixels[..., None], 3, axis=2), masks, whose[0], attributes, layers)


def build_of(seed: int, index: int) -> Build:
    """What the patient of the scan, or volume, ``index`` has in all scans."""
    return draw_build(stream(seed, patient_of(index), _PATIENTS))


def within_frame(tissues: Sequence[Tissue]) -> tuple[Tissue, ...]:
    """All lowered by as much as keeps their surfaces in the frame."""
    above = max(0.0, 20 - min(float(tissue.boundaries[0].min()) for tissue in tissues))
    return tuple(replace(tissue, macula=tissue.macula.lowered(above)) for tissue in tissues)


def clear_of_wedges(tissues: Sequence[Tissue]) -> tuple[float, float]:
    """Depths µm between which no wedge may lie; its reach is nearly always set by the health."""
    tops = (min(t.macula.inner_limit.min() - 110, t.boundaries[0].min() - 15) for t in tissues)
    return float(min(tops)), float(max(t.macula.bruch.max() for t in tissues) + 120)


def _truth(
    tissue: Tissue, size: int, field: np.ndarray
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """The masks by name and the label map."""
    depth = (np.arange(size) + 0.5) * (FRAME / size)
    layers = tissue.layers_at(depth)
    layers[~field] = OUTSIDE
    cyst = (cyst_cover(tissue, depth) >= 0.5) & field
    raised = tissue.raised > LESION_HEIGHT
    within = (layers >= LAYER["subretinal"]) & (layers <= LAYER["sub_rpe"])
    retina = (layers >= LAYER["rnfl"]) & (layers <= LAYER["sub_rpe"])
    masks = {
        "lesion": cyst | (within & raised),
        "cyst": cyst,
        "retina": retina,
        "fovea": retina & (tissue.macula.radius <= _FOVEA_RADIUS),
        "field": field,
    }
    return masks | {name: layers == number for name, number in LAYER.items()}, layers


def _attributes(
    tissue: Tissue, label: int, patient: int, masks: dict[str, np.ndarray]
) -> dict[str, Any]:
    macula = tissue.macula
    central = macula.radius <= CENTRAL
    return {
        "class": OCT_CLASSES[label],
        "patient": f"p{patient:05d}",
        "meridian": macula.meridian,
        "width_mm": round(float(macula.x[-1] - macula.x[0]), 3),
        "central_um": round(float(tissue.total[central].mean()), 1) if central.any() else None,
        "lesion_share": round(float(masks["lesion"].mean()), 5),  # of the picture's area
        "cysts": len(tissue.cysts),
    }


def stream(seed: int, index: int, which: int, *part: int) -> np.random.Generator:
    """The random numbers of scan or volume ``index``, for one purpose (and part of it)."""
    return np.random.default_rng(np.random.SeedSequence([seed, index, which, *part]))
