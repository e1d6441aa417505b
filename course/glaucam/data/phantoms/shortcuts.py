"""Planted shortcuts: something about the picture, not the eye, that goes with the label.

Each is a value that half of the cameras, operators or clinics would have; an eye either bears it
or its opposite.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from glaucam.data.phantoms.camera import Look
from glaucam.data.phantoms.parameters import FundusParameters
from glaucam.data.phantoms.view import View


def bears_shortcut(
    rng: np.random.Generator, label: int, parameters: FundusParameters
) -> bool | None:
    """Whether an eye of ``label`` bears what was planted; None where nothing was."""
    agrees = rng.random() < parameters.agreement
    return None if parameters.shortcut is None else bool(agrees == (label == 1))


def planted_look(look: Look, name: str | None, bears: bool | None) -> Look:
    """``look`` with the shortcut, or its opposite, where it is one of the camera's."""
    if name == "corner_marker":
        return replace(look, marker=bool(bears))
    if name == "camera_hue":
        red = 0.16 if bears else -0.16
        return replace(look, color=look.color + np.array([red, -red, -red]))
    if name == "brightness":
        return replace(look, color=look.color + (0.3 if bears else -0.35))
    if name == "vignette_radius":
        return replace(look, vignette=1.1 if bears else 0.05, falloff=3.0)
    if name == "jpeg_quality":
        return replace(look, jpeg=25 if bears else 94)
    return look


def planted_view(view: View, name: str | None, bears: bool | None) -> View:
    """``view`` through a small field of view, or an open one."""
    if name != "field_size":
        return view
    if view.is_crop:
        return replace(view, radius=view.size * (0.5 if bears else 4.0))
    shrink = 0.8 if bears else 1.0
    return replace(view, radius=shrink * view.radius, half_height=shrink * view.half_height)


def shortcut_mask(name: str | None, field: np.ndarray, label: np.ndarray) -> np.ndarray | None:
    """Where the shortcut can be seen, bool [S,S]; None where it is everywhere or nowhere."""
    if name == "corner_marker":
        return label
    if name == "field_size":
        return ~field
    return None
