"""One fundus phantom: a synthetic fundus photo and the exact truth about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from glaucam.data.phantoms.camera import draw_look, photograph
from glaucam.data.phantoms.eye import (
    CAMERAS,
    CAMERAS_AGAIN,
    DEFAULT,
    PICTURES,
    Eye,
    draw_eye,
    stream,
)
from glaucam.data.phantoms.parameters import FundusParameters
from glaucam.data.phantoms.polar import Polar, polar
from glaucam.data.phantoms.ribbons import draw_vessels
from glaucam.data.phantoms.shortcuts import planted_look, shortcut_mask
from glaucam.data.phantoms.tissue import paint
from glaucam.data.phantoms.vessels import grow_vessels
from glaucam.data.phantoms.view import framed, framed_mask

_FOVEA_RADIUS = 0.75  # mm; the fovea is 1.5 mm across


@dataclass(frozen=True)
class Phantom:
    """``image`` uint8 [S,S,3], ``masks`` structure → bool [S,S], ``label`` 0 normal, 1 glaucoma."""

    image: np.ndarray
    masks: dict[str, np.ndarray]
    label: int
    attributes: dict[str, Any]


def fundus_phantom(seed: int, index: int, parameters: FundusParameters = DEFAULT) -> Phantom:
    """The phantom ``index`` of ``seed``, the same whatever was drawn before and by whom.

    ``masks`` holds disc, cup, rim, vessel, fovea and field, exact at pixel centres; and wedge,
    lesion and shortcut where the eye has one that can be seen at a place.
    """
    eye = draw_eye(seed, index, parameters)
    rng, canvas, view = stream(seed, eye.number, PICTURES), eye.canvas, eye.view
    vessels = grow_vessels(rng, eye.discs[0], eye.fovea, *canvas.reach(), parameters.ranges)
    drawn, at = draw_vessels(vessels, canvas), polar(canvas, eye.disc, eye.fovea)
    scene, found = paint(rng, canvas, at, eye.pigment, drawn, eye.signs, ranges=parameters.ranges)
    image, label = photographed(seed, eye, framed(scene, canvas, view), parameters)
    if canvas is not view:
        drawn, at = draw_vessels(vessels, view), polar(view, eye.disc, eye.fovea)
    masks = truth(eye, at, drawn.mask)
    masks |= {name: framed_mask(m, canvas, view) & masks["field"] for name, m in found.items()}
    if (shortcut := shortcut_mask(parameters.shortcut, masks["field"], label)) is not None:
        masks["shortcut"] = shortcut
    return Phantom(image, masks, eye.label, eye.attributes())


def photographed(
    seed: int, eye: Eye, scene: np.ndarray, parameters: FundusParameters
) -> tuple[np.ndarray, np.ndarray]:
    """uint8 [S,S,3] of the scene that ``eye.view`` shows, and where a label stands, bool [S,S]."""
    camera = stream(seed, eye.number, (CAMERAS, CAMERAS_AGAIN)[eye.visit])
    look = planted_look(draw_look(camera), parameters.shortcut, eye.bears_shortcut)
    return photograph(camera, scene, eye.view, look, parameters.ranges)


def truth(eye: Eye, at: Polar, vessel: np.ndarray) -> dict[str, np.ndarray]:
    """The masks that every phantom has; ``at`` and ``vessel`` bool [S,S] are of ``eye.view``."""
    field = eye.view.field_distance() > 0
    disc = (at.r <= at.outline) & field
    cup = (at.r <= at.cup) & disc
    masks = {"disc": disc, "cup": cup, "rim": disc & ~cup, "field": field}
    return masks | {"vessel": vessel & field, "fovea": (at.fovea <= _FOVEA_RADIUS) & field}
