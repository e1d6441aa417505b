"""Vessels as pixels: tapering ribbons, drawn with antialiasing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from glaucam.data.phantoms.vessels import Vessel
from glaucam.data.phantoms.view import View

_SUPERSAMPLE = 3


@dataclass(frozen=True)
class VesselLayers:
    """Coverage in [0,1], float32 [S,S]: of arteries and veins by contrast, of the light reflex."""

    artery: np.ndarray
    vein: np.ndarray
    reflex: np.ndarray
    mask: np.ndarray  # bool, exact


def draw_vessels(vessels: list[Vessel], view: View) -> VesselLayers:
    """Rasterise; a pixel is vessel in the mask if at least half covered."""
    side = view.size * _SUPERSAMPLE
    names = ("artery", "vein", "reflex", "mask")
    layers = {name: Image.new("L", (side, side)) for name in names}
    pens = {name: ImageDraw.Draw(layer) for name, layer in layers.items()}
    for vessel in sorted(vessels, key=lambda v: v.widths[0]):  # thick over thin
        points = view.pixels(vessel.points) * _SUPERSAMPLE
        if (points.max(axis=0) < 0).any() or (points.min(axis=0) > side).any():
            continue
        widths = vessel.widths * view.scale * _SUPERSAMPLE
        contrast = int(255 * min(1.0, 0.4 + vessel.widths.mean() / 0.09))
        ribbon = _ribbon(points, widths)
        pens[vessel.kind].polygon(ribbon, fill=contrast)
        pens["mask"].polygon(ribbon, fill=255)
        if widths[0] > 2.2 * _SUPERSAMPLE:
            strength = 255 if vessel.kind == "artery" else 120
            pens["reflex"].polygon(_ribbon(points, 0.3 * widths), fill=strength)
    cover = {
        name: np.asarray(layer.reduce(_SUPERSAMPLE), np.float32) / 255
        for name, layer in layers.items()
    }
    return VesselLayers(cover["artery"], cover["vein"], cover["reflex"], cover["mask"] >= 0.5)


def _ribbon(points: np.ndarray, widths: np.ndarray) -> list[tuple[float, float]]:
    """The outline of a path of varying width, down one side and back the other."""
    along = np.diff(points, axis=0, append=2 * points[-1:] - points[-2:-1])
    along /= np.maximum(np.hypot(*along.T), 1e-6)[:, None]
    across = along[:, ::-1] * (widths[:, None] / 2) * (-1, 1)
    outline = np.concatenate([points + across, (points - across)[::-1]])
    return [tuple(point) for point in outline.tolist()]
