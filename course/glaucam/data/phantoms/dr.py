"""One phantom with diabetic retinopathy: a fundus photo of a known grade and its lesions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from glaucam.data.phantoms.dr_findings import Findings, draw_findings
from glaucam.data.phantoms.dr_paint import draw_layers, paint_lesions
from glaucam.data.phantoms.dr_parameters import GRADES, REFERABLE, DrParameters
from glaucam.data.phantoms.eye import (
    CHANGES,
    PICTURES,
    RETINOPATHY,
    Eye,
    eye_at,
    place_of,
    refuse,
    stream,
    turn_of,
)
from glaucam.data.phantoms.fundus import Phantom, photographed, truth
from glaucam.data.phantoms.polar import polar
from glaucam.data.phantoms.ribbons import draw_vessels
from glaucam.data.phantoms.shortcuts import shortcut_mask
from glaucam.data.phantoms.tissue import paint
from glaucam.data.phantoms.vessels import grow_vessels
from glaucam.data.phantoms.view import framed, framed_mask

DEFAULT = DrParameters()
_WORSE = 0.4  # of the eyes have the next grade at the second visit; an engineering choice
_HARMLESS = ("drusen",)  # spots that are no retinopathy, and so may be in any eye


def grades_of(seed: int, index: int, parameters: DrParameters = DEFAULT) -> tuple[int, ...]:
    """The grade, 0 to 4, at each visit. Both eyes of a patient agree at the first."""
    place = place_of(index, parameters.visits)
    ends = np.cumsum(parameters.shares())
    first = int(np.searchsorted(ends, turn_of(seed, place.patient), side="right"))
    first = min(first, len(GRADES) - 1)
    worse = stream(seed, place.number, CHANGES).random() < _WORSE
    return (first, min(first + worse, len(GRADES) - 1))[: parameters.visits]


def draw_dr_eye(seed: int, index: int, parameters: DrParameters = DEFAULT) -> Eye:
    """The eye of picture ``index``: a normal one but for retinopathy; label 1 if referable."""
    refuse(seed, index)
    labels = tuple(int(g >= REFERABLE) for g in grades_of(seed, index, parameters))
    eye = eye_at(seed, place_of(index, parameters.visits), labels, parameters)
    return replace(eye, signs=replace(eye.signs, haemorrhage=None))


def dr_phantom(seed: int, index: int, parameters: DrParameters = DEFAULT) -> Phantom:
    """The phantom ``index`` of ``seed``, its label the grade; the same whatever was drawn before.

    ``masks`` holds disc, cup, rim, vessel, fovea and field; each kind of FINDINGS that there is,
    and lesion, all of them; distractor, where something else could be taken for one; and wedge and
    shortcut, as of any fundus phantom.
    """
    eye = draw_dr_eye(seed, index, parameters)
    grade = grades_of(seed, index, parameters)[eye.visit]
    rng, canvas, view = stream(seed, eye.number, PICTURES), eye.canvas, eye.view
    vessels = grow_vessels(rng, eye.disc, eye.fovea, *canvas.reach(), parameters.ranges)
    findings = draw_findings(seed, eye, grade if parameters.severity else 0, vessels)
    drawn, at = draw_vessels(findings.vessels, canvas), polar(canvas, eye.disc, eye.fovea)
    scene, found = paint(
        rng, canvas, at, eye.pigment, drawn, eye.signs, _HARMLESS, parameters.ranges
    )
    if "lesion" in found:  # of another disease
        found["distractor"] = found.pop("lesion")
    layers = draw_layers(findings, canvas)
    paint_lesions(stream(seed, eye.number, RETINOPATHY), scene, canvas, layers, parameters.severity)
    image, label = photographed(seed, eye, framed(scene, canvas, view), parameters)
    if canvas is not view:
        drawn, at = draw_vessels(findings.vessels, view), polar(view, eye.disc, eye.fovea)
        layers = draw_layers(findings, view)
    masks = truth(eye, at, drawn.mask)
    masks |= {name: framed_mask(m, canvas, view) & masks["field"] for name, m in found.items()}
    masks |= _lesions({kind: layer.mask & masks["field"] for kind, layer in layers.items()})
    if (shortcut := shortcut_mask(parameters.shortcut, masks["field"], label)) is not None:
        masks["shortcut"] = shortcut
    return Phantom(image, masks, grade, _attributes(eye, grade, findings))


def _lesions(kinds: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Each kind's mask, and ``lesion``, where any of them lies."""
    return kinds | ({"lesion": np.logical_or.reduce(list(kinds.values()))} if kinds else {})


def _attributes(eye: Eye, grade: int, findings: Findings) -> dict[str, Any]:
    """As of the eye, with its grade and how many lesions of each kind there are."""
    told = {"grade": grade, "referable": grade >= REFERABLE, **findings.counts()}
    return eye.attributes() | {"class": GRADES[grade]} | told
