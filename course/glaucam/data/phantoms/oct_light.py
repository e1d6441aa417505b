"""How much light each place of a macula sends back to the scanner.

A display shows the logarithm of intensity: ``RANGE`` nats from black to white.
"""

from __future__ import annotations

import numpy as np

from glaucam.data.phantoms.oct_media import FLOOR, STEPS, Media
from glaucam.data.phantoms.oct_parameters import LAYER
from glaucam.data.phantoms.oct_retina import FRAME
from glaucam.data.phantoms.oct_tissue import Tissue

RANGE = 5.5
_FLUID = 0.10  # grey level under the retina


def light(tissue: Tissue, media: Media, rows: int, step: int = 1) -> np.ndarray:
    """Intensity above the floor's, float32 [rows,S]; with ``step``, of every so many columns."""
    tissue = tissue.thinned(step) if step > 1 else tissue
    factor = max(1, round(512 / rows))
    fine = _depths(factor * rows)
    signal = _layers(tissue, media, fine, step)
    signal = signal.reshape(rows, factor, -1).mean(axis=1)
    depth = _depths(rows)
    texture = media.texture[:, ::step]
    _fill(signal, tissue, depth, texture)
    _choroid(signal, tissue, media, depth, step)
    signal *= np.exp(np.float32(RANGE) * texture)
    _vessels(signal, tissue, media, depth, step)
    _membrane(signal, tissue, media, depth, step)
    return _blurred(signal) * np.exp(-media.shade[::step]).astype(np.float32)


def _blurred(signal: np.ndarray) -> np.ndarray:
    """Light spreads a little to either side, and down."""
    out = signal.copy()
    out[1:-1] = 0.22 * (signal[:-2] + signal[2:]) + 0.56 * signal[1:-1]
    wide = out.copy()
    wide[:, 1:-1] = 0.22 * (out[:, :-2] + out[:, 2:]) + 0.56 * out[:, 1:-1]
    return wide


def intensity(level: float | np.ndarray) -> np.ndarray:
    """Above the floor's, of what a display shows at grey ``level``."""
    return np.exp(RANGE * (np.asarray(level, np.float32) - FLOOR)) - 1


def cyst_cover(tissue: Tissue, depth: np.ndarray) -> np.ndarray:
    """How far each pixel lies in cysts, float32 [H,S], cut off where the nuclear layers end."""
    cover = np.zeros((len(depth), len(tissue.macula.x)), np.float32)
    top, bottom = tissue.boundaries[LAYER["inl"] - 1], tissue.boundaries[LAYER["onl"]]
    x, fine = tissue.macula.x, depth[1] - depth[0]
    for cyst in tissue.cysts:
        near = np.flatnonzero(np.abs(x - cyst.x) < 1.1 * cyst.width)
        if len(near) == 0:
            continue
        part = slice(near[0], near[-1] + 1)
        across = (x[part] - cyst.x) / cyst.width
        middle = _depth_of(tissue, near[len(near) // 2], cyst.depth)
        half = cyst.height * np.sqrt(np.maximum(1 - across**2, 0))
        upper = np.maximum(middle - half, top[part] + 4)
        lower = np.minimum(middle + half, bottom[part] - 8)
        edge = np.minimum(depth[:, None] - upper, lower - depth[:, None]) / fine + 0.5
        cover[:, part] = np.maximum(cover[:, part], np.clip(edge, 0, 1) * (half > 0))
    return cover


def _depth_of(tissue: Tissue, column: int, depth: float) -> float:
    """µm of a depth counted in layers from the surface."""
    boundaries = tissue.boundaries[:, column]
    return float(np.interp(depth, np.arange(1, len(boundaries) + 1), boundaries))


def _depths(rows: int) -> np.ndarray:
    """µm [rows]: the pixels' centres."""
    return (np.arange(rows) + 0.5) * (FRAME / rows)


def _layers(tissue: Tissue, media: Media, depth: np.ndarray, step: int) -> np.ndarray:
    """Intensity by layer and depth in the layer, float32 [H,S]."""
    at = _coordinate(tissue.boundaries, depth)
    signal = intensity(media.levels)[(at * STEPS).astype(np.int16)]
    bands = (at >= LAYER["photoreceptors"]) & (at < LAYER["subretinal"])
    kept = np.where(bands, (1 - tissue.damage).astype(np.float32), 1)
    rpe = (at >= LAYER["rpe"]) & (at < LAYER["sub_rpe"])
    kept = np.where(rpe, (1 - tissue.gaps).astype(np.float32), kept)
    lost = intensity(0.27)
    return lost + (signal - lost) * kept


def _coordinate(boundaries: np.ndarray, depth: np.ndarray) -> np.ndarray:
    """Layer number plus the fraction of its depth, float32 [H,S]."""
    ends = np.concatenate([boundaries[:1] - 1, boundaries, boundaries[-1:] + 400])
    ends += 1e-3 * np.arange(len(ends))[:, None]  # strictly downwards, also where a layer is absent
    numbers = np.arange(len(ends))
    columns = [np.interp(depth, column, numbers) for column in ends.T]
    return np.minimum(np.array(columns, np.float32).T, len(ends) - 1.001)


def _fill(signal: np.ndarray, tissue: Tissue, depth: np.ndarray, texture: np.ndarray) -> None:
    """The subretinal space, what lies under the pigment epithelium, and cysts."""
    tops = tissue.boundaries[[LAYER[n] - 1 for n in ("subretinal", "rpe", "sub_rpe", "choroid")]]
    upper, rpe, lower, bruch = tops
    if tissue.subretinal.any():
        cover = _between(depth, upper, rpe)
        solid = np.clip(2.2 * tissue.material - 0.5 + 7 * texture, 0, 1)
        matter = intensity(0.45 + 2.0 * texture)
        signal += cover * (intensity(_FLUID) + solid * (matter - intensity(_FLUID)) - signal)
    if tissue.sub_rpe.any():
        cover = _between(depth, lower, bruch)
        signal += cover * (intensity(tissue.deposit + 1.5 * texture) - signal)
    if tissue.cysts:
        signal += cyst_cover(tissue, depth) * (intensity(FLOOR + 0.01) - signal)


def _between(depth: np.ndarray, upper: np.ndarray, lower: np.ndarray) -> np.ndarray:
    """How much of each pixel lies between two depths µm [S], float32 [H,S]."""
    pixel = depth[1] - depth[0]
    down, up = depth[:, None] + pixel / 2, depth[:, None] - pixel / 2
    cover = (np.minimum(down, lower) - np.maximum(up, upper)) / pixel
    return np.clip(cover, 0, 1).astype(np.float32)


def _choroid(
    signal: np.ndarray, tissue: Tissue, media: Media, depth: np.ndarray, step: int
) -> None:
    """Below Bruch's membrane light decays; vessels are dark, down to the sclera."""
    bruch, sclera = tissue.boundaries[-2:]
    below = (depth[:, None] - bruch).astype(np.float32)
    inside = below > 0
    away = np.maximum(below, 0)
    level = FLOOR + (media.stroma - FLOOR) * np.exp(-away / np.float32(media.decay))
    lumen = np.clip(away / 40, 0, 1) * np.clip((sclera - depth[:, None]) / 40, 0, 1)
    level -= (0.42 * lumen * np.maximum(media.vessels[:, ::step], -0.5)) * (level - FLOOR)
    faint = np.exp(-away / np.float32(2.2 * media.decay)) * 0.05
    signal[inside] += intensity(level + faint)[inside]


def _vessels(
    signal: np.ndarray, tissue: Tissue, media: Media, depth: np.ndarray, step: int
) -> None:
    """Retinal vessels: bright, and a shadow on all that lies below."""
    columns, surface = np.arange(0, len(media.shade), step), tissue.boundaries[0]
    depth = depth[:, None].astype(np.float32)
    loss = np.zeros(len(columns))
    for column, half, strength in media.trunks:
        away = (columns - column) / max(half, 0.6)
        loss += strength * np.exp(-0.5 * away**4)
        near = np.flatnonzero(np.abs(away) < 4)
        rise = (depth - surface[near].astype(np.float32) - 32) / 26
        spot = np.exp(-0.5 * (away[near] ** 2 + rise**2)) * (rise > -32 / 26)
        signal[:, near] += intensity(0.56) * min(strength, 1) * spot
    under = np.clip((depth - (surface + 50).astype(np.float32)) / 40, 0, 1)
    signal *= np.exp(-under * loss.astype(np.float32))


def _membrane(
    signal: np.ndarray, tissue: Tissue, media: Media, depth: np.ndarray, step: int
) -> None:
    """The back surface of the vitreous, a thin arc over the retina where it has come off."""
    over = media.membrane[::step]
    if np.isnan(over).all():
        return
    at = tissue.macula.inner_limit - np.nan_to_num(over, nan=-1e4)
    line = np.exp(-0.5 * ((depth[:, None] - at) / 6) ** 2) * (depth[:, None] < tissue.boundaries[0])
    signal += (intensity(media.membrane_level) * line).astype(np.float32)
