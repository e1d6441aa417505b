"""Arteries and veins: grown from the disc along four arcades, drawn as tapering ribbons.

Widths follow CRAE 152 and CRVE 233 µm shared among the trunks, and Murray's law at the branches.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from glaucam.data.phantoms.disc import Disc
from glaucam.data.phantoms.view import View

_STEP = 0.06  # mm between two points of a vessel
_SUPERSAMPLE = 3
_THINNEST = 0.012  # mm; a camera sees no thinner vessel
_BRANCHING = {"artery": 1.28, "vein": 1.11}  # (w₁² + w₂²) / W²
_TRUNK = {"artery": 0.078, "vein": 0.108}  # mm at the disc's edge


@dataclass(frozen=True)
class Vessel:
    """``points`` mm [K,2] and ``widths`` mm [K] from the disc outwards."""

    kind: str
    points: np.ndarray
    widths: np.ndarray


# (heading at the disc, heading far out, length mm) of the arcades, degrees
_ARCADES = (
    ((97, 9), (186, 14), (7, 10)),  # supero-temporal
    ((263, 9), (174, 14), (7, 10)),  # infero-temporal
    ((83, 9), (28, 18), (4, 7)),  # supero-nasal
    ((277, 9), (332, 18), (4, 7)),  # infero-nasal
)


def grow_vessels(rng: np.random.Generator, disc: Disc, fovea: np.ndarray) -> list[Vessel]:
    """All vessels of an eye: an artery and a vein per arcade, fine twigs, and their branches."""
    shift = 0.1 + 0.25 * max(0.0, disc.vcdr - 0.5) + rng.normal(0, 0.05)
    entry = np.array([shift, rng.normal(0, 0.06)]) * disc.diameter / 1.6
    calibre = rng.uniform(0.75, 1.2) * disc.diameter / 1.6
    tortuosity = rng.uniform(0.5, 1.6)
    bayonet = 45 * np.clip(disc.vcdr - 0.35, 0, 0.45) / 0.45 * rng.uniform(0.3, 1)
    vessels: list[Vessel] = []
    for start, end, length in _ARCADES:
        apart = rng.uniform(4, 16) * rng.choice([-1, 1])
        for kind, sign in (("vein", 1), ("artery", -1)):
            path = _trunk(
                rng, disc, entry,
                rng.normal(*start) + sign * apart, rng.normal(*end) + sign * apart / 2,
                rng.uniform(*length), tortuosity, bayonet,
            )  # fmt: skip
            width = _TRUNK[kind] * calibre * rng.uniform(0.75, 1.15)
            vessels += _with_branches(rng, kind, path, width, fovea, tortuosity, depth=2)
    return vessels + _twigs(rng, disc, entry, calibre, fovea, tortuosity)


def _trunk(
    rng: np.random.Generator, disc: Disc, entry: np.ndarray, start: float, end: float,
    length: float, tortuosity: float, bayonet: float,
) -> np.ndarray:  # fmt: skip
    """Points [K,2]; turns from heading ``start`` to ``end``, and bends where it climbs the rim."""
    s = np.arange(0, length, _STEP)
    turned = 1 - np.exp(-((s / rng.uniform(1.6, 3.8)) ** 2))
    heading = start + (end - start) * turned + _wander(rng, s, 12 * tortuosity)
    back = np.deg2rad(heading[0])
    origin = entry + rng.normal(0, 0.03, 2) - 0.09 * np.array([np.cos(back), np.sin(back)])
    path = _walk(origin, heading)
    edge = s[np.argmax(_outside_cup(disc, path))]
    kick = bayonet * rng.choice([-1, 1])
    bend = np.exp(-(((s - edge) / 0.09) ** 2)) - 0.7 * np.exp(-(((s - edge - 0.25) / 0.12) ** 2))
    return _walk(origin, heading + kick * bend)


def _with_branches(
    rng: np.random.Generator, kind: str, path: np.ndarray, width: float,
    fovea: np.ndarray, tortuosity: float, depth: int,
) -> list[Vessel]:  # fmt: skip
    """The vessel and, while ``depth`` lasts, its side branches; none enters the avascular zone."""
    near = np.hypot(*(path - fovea).T) < 0.3
    if near.any():
        path = path[: np.argmax(near)]
    if len(path) < 6 or width < _THINNEST:
        return []
    s = np.arange(len(path)) * _STEP
    vessels = [Vessel(kind, path, width * (1 - 0.62 * s / s[-1]))]
    if depth == 0:
        return vessels
    side = rng.choice([-1, 1])
    for at in _branch_places(rng, s[-1]):
        i = min(int(at / _STEP), len(path) - 2)
        side = -side
        heading = np.degrees(np.arctan2(*(path[i + 1] - path[i])[::-1]))
        own = vessels[0].widths[i]
        ratio = rng.uniform(0.4, 0.75)  # branch ÷ continuing vessel
        branch = own * ratio * np.sqrt(_BRANCHING[kind] / (1 + ratio**2))
        length = (s[-1] - at) * rng.uniform(0.4, 0.9) + 0.5
        t = np.arange(0, length, _STEP)
        leave = side * rng.uniform(28, 62)
        course = heading + leave * (0.6 + 0.4 * np.exp(-t)) + _wander(rng, t, 16 * tortuosity)
        child = _walk(path[i], course)
        vessels += _with_branches(rng, kind, child, branch, fovea, tortuosity, depth - 1)
    return vessels


def _branch_places(rng: np.random.Generator, length: float) -> list[float]:
    """Distances along a vessel, mm, where it branches: about one each 1.1 mm."""
    places, at = [], rng.uniform(0.5, 1.4)
    while at < length - 0.4:
        places.append(at)
        at += rng.uniform(0.6, 1.6)
    return places


def _twigs(
    rng: np.random.Generator, disc: Disc, entry: np.ndarray, calibre: float,
    fovea: np.ndarray, tortuosity: float,
) -> list[Vessel]:  # fmt: skip
    """Fine vessels that leave the disc between the arcades, temporal and nasal."""
    vessels = []
    for _ in range(rng.integers(3, 8)):
        heading = rng.choice([180 + rng.normal(0, 32), rng.normal(0, 38)], p=[0.6, 0.4])
        s = np.arange(0, disc.diameter / 2 + rng.uniform(0.5, 2.4), _STEP)
        start = entry * rng.uniform(0.2, 1.2) + rng.normal(0, 0.12, 2) * disc.diameter
        path = _walk(start, heading + _wander(rng, s, 26 * tortuosity))
        width = rng.uniform(0.02, 0.045) * calibre
        kind = str(rng.choice(["artery", "vein"]))
        vessels += _with_branches(rng, kind, path, width, fovea, tortuosity, depth=1)
    return vessels


def _wander(rng: np.random.Generator, s: np.ndarray, degrees: float) -> np.ndarray:
    """Smooth meandering of the heading along ``s`` mm, about ``degrees`` large."""
    waves = rng.uniform(0.6, 3.0, 4)  # mm⁻¹ · 2π
    phases = rng.uniform(0, 2 * np.pi, 4)
    return degrees * (np.sin(np.outer(s, waves) + phases) - np.sin(phases)).sum(axis=1) / 3


def _walk(start: np.ndarray, heading: np.ndarray) -> np.ndarray:
    """Points [K,2] from ``start``, one step of _STEP mm along each heading (degrees)."""
    theta = np.deg2rad(heading)
    return start + _STEP * np.cumsum(np.stack([np.cos(theta), np.sin(theta)], axis=1), axis=0)


def _outside_cup(disc: Disc, path: np.ndarray) -> np.ndarray:
    theta = np.degrees(np.arctan2(path[:, 1], path[:, 0]))
    return np.hypot(*path.T) > disc.cup_at(theta)


@dataclass(frozen=True)
class VesselLayers:
    """Coverage in [0,1], float32 [S,S]: of arteries and veins by contrast, of the light reflex."""

    artery: np.ndarray
    vein: np.ndarray
    reflex: np.ndarray
    mask: np.ndarray  # bool, exact


def draw_vessels(vessels: list[Vessel], view: View) -> VesselLayers:
    """Rasterise with antialiasing; a pixel is vessel in the mask if at least half covered."""
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
    across = np.stack([-along[:, 1], along[:, 0]], axis=1) * widths[:, None] / 2
    outline = np.concatenate([points + across, (points - across)[::-1]])
    return [tuple(point) for point in outline.tolist()]
