"""Lesions of retinopathy as pixels: where they lie, and how they change the scene."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage

from glaucam.data.phantoms.dr_findings import Findings
from glaucam.data.phantoms.dr_spots import Spot
from glaucam.data.phantoms.ribbons import draw_vessels
from glaucam.data.phantoms.tint import tinted
from glaucam.data.phantoms.vessels import Vessel
from glaucam.data.phantoms.view import View

_FINE = 4  # samples per pixel and axis
_STRIP = 0.05  # mm around a fine vessel that count as it, as readers outline a web
# kind: (log depth, how the channels feel it, softness in mm), painted in this order
_LOOKS = {
    "irma": ((-0.7, -0.4), (0.25, 1.0, 0.8), 0.0),
    "soft_exudate": ((0.25, 0.5), (0.5, 1.0, 1.15), 0.05),
    "hard_exudate": ((0.45, 0.9), (0.4, 1.0, 0.55), 0.0),
    "microaneurysm": ((-0.9, -0.5), (0.3, 1.0, 0.8), 0.0),
    "haemorrhage": ((-1.0, -0.55), (0.35, 1.0, 0.8), 0.0),
    "new_vessel": ((-0.75, -0.45), (0.25, 1.0, 0.8), 0.0),
}


@dataclass(frozen=True)
class Layer:
    """``cover`` float32 [S,S], in [0,1] by strength; ``mask`` bool [S,S]: pixels at least half
    covered, and the one that holds the centre of a lesion too small for that.
    """

    cover: np.ndarray
    mask: np.ndarray


def draw_layers(findings: Findings, view: View) -> dict[str, Layer]:
    """Kind → layer, of the kinds that there are; beading is in the vessels: it has no cover."""
    layers = {kind: _spots(spots, view) for kind, spots in findings.spots.items() if spots}
    webs = findings.webs.items()
    layers |= {kind: _web(vessels, view) for kind, vessels in webs if vessels}
    if findings.beading:
        layers["beading"] = replace(_web(findings.beading, view), cover=np.zeros(()))
    return layers


def paint_lesions(
    rng: np.random.Generator, scene: np.ndarray, view: View, layers: dict[str, Layer],
    severity: float,
) -> None:  # fmt: skip
    """Change the scene, log reflectance float32 [S,S,3], by all lesions that there are."""
    for kind, (depth, tone, softness) in _LOOKS.items():
        change = severity * rng.uniform(*depth)
        if kind in layers:
            cover = layers[kind].cover
            if softness:
                cover = ndimage.gaussian_filter(cover, softness * view.scale, truncate=3)
            scene += tinted(change * cover, tone)


def _spots(spots: Iterable[Spot], view: View) -> Layer:
    cover = np.zeros((view.size, view.size), np.float32)
    mask = np.zeros(cover.shape, bool)
    for spot in spots:
        _stamp(cover, mask, view.pixels(spot.outline), spot.strength)
        x, y = np.floor(view.pixels(spot.place)).astype(int)
        if 0 <= x < view.size and 0 <= y < view.size:
            mask[y, x] = True
    return Layer(cover, mask)


def _stamp(cover: np.ndarray, mask: np.ndarray, outline: np.ndarray, strength: float) -> None:
    """Draw one outline, px [K,2], antialiased, into what lies there of the picture."""
    low = np.maximum(np.floor(outline.min(axis=0)).astype(int), 0)
    high = np.minimum(np.ceil(outline.max(axis=0)).astype(int) + 1, len(cover))
    w, h = high - low
    if w <= 0 or h <= 0:
        return
    tile = Image.new("L", (int(w) * _FINE, int(h) * _FINE))
    corners = ((outline - low) * _FINE - 0.5).ravel().tolist()  # a pixel's middle is its place
    ImageDraw.Draw(tile).polygon(corners, fill=255)
    part = np.asarray(tile.reduce(_FINE), np.float32) / 255
    here = np.s_[low[1] : high[1], low[0] : high[0]]
    cover[here] = np.maximum(cover[here], strength * part)
    mask[here] |= part >= 0.5


def _web(vessels: Iterable[Vessel], view: View) -> Layer:
    thin = list(vessels)
    wide = [replace(vessel, widths=vessel.widths + 2 * _STRIP) for vessel in thin]
    return Layer(draw_vessels(thin, view).vein, draw_vessels(wide, view).mask)
