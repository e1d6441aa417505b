"""How much light each place of a macula sends back to the scanner.

Grey levels are of a usual display, 0 black to 1 white, which shows the logarithm of intensity:
``RANGE`` nats from black to white. The vitreous sends back nothing; what shows is the floor.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from glaucam.data.phantoms.noise import smooth_field
from glaucam.data.phantoms.oct_parameters import LAYER
from glaucam.data.phantoms.oct_retina import FRAME
from glaucam.data.phantoms.oct_tissue import Tissue

RANGE, FLOOR = 5.5, 0.09
_STEPS = 24  # of the grey profile within a layer
_FLUID = 0.10

# grey level at (fraction of the layer's depth, …)
_PROFILES = {
    "vitreous": ((0, FLOOR), (1, FLOOR)),
    "rnfl": ((0, 0.66), (0.6, 0.68), (1, 0.52)),
    "gcl": ((0, 0.40), (1, 0.37)),
    "ipl": ((0, 0.39), (1, 0.41)),
    "inl": ((0, 0.31), (0.5, 0.28), (1, 0.30)),
    "opl": ((0, 0.38), (0.5, 0.42), (1, 0.32)),
    "onl": ((0, 0.27), (0.4, 0.23), (1, 0.21)),
    # the limiting membrane, the myoid (dark), the ellipsoid zone, outer segments, their tips
    "photoreceptors": ((0, 0.33), (0.10, 0.30), (0.16, 0.22), (0.36, 0.25), (0.42, 0.74),
                       (0.58, 0.74), (0.64, 0.48), (0.76, 0.46), (0.82, 0.62), (1, 0.66)),
    "subretinal": ((0, _FLUID), (1, _FLUID)),
    "rpe": ((0, 0.76), (1, 0.70)),
    "sub_rpe": ((0, 0.4), (1, 0.36)),
    "choroid": ((0, FLOOR), (1, FLOOR)),  # by depth instead, see _choroid
    "sclera": ((0, FLOOR), (1, FLOOR)),
}  # fmt: skip


@dataclass(frozen=True)
class Media:
    """What lies in and before a macula besides its layers, alike in all classes.

    ``levels`` [13 · steps]: the scan's own grey profile; ``texture``, ``vessels`` (of the choroid)
    smooth noise [S,S]; ``shade`` how much each column loses, in nats [S]; ``trunks`` (column,
    half width in columns, strength) of retinal vessels; ``membrane`` µm of the vitreous' back
    surface over the retina [S], NaN where it is not seen; ``decay`` µm of the choroid's light.
    """

    levels: np.ndarray
    texture: np.ndarray
    vessels: np.ndarray
    shade: np.ndarray
    trunks: tuple[tuple[float, float, float], ...]
    membrane: np.ndarray
    membrane_level: float
    decay: float
    stroma: float


def draw_media(rng: np.random.Generator, x: np.ndarray) -> Media:
    """Drawn without looking at the class."""
    size, width = len(x), x[-1] - x[0]
    trunks = tuple(
        (rng.uniform(0, size), rng.uniform(0.02, 0.06) * size / width, rng.uniform(0.15, 1.0))
        for _ in range(rng.integers(1, 8))
    )
    grain = smooth_field(rng, (size, size), (110, 40))
    shade = 0.35 * smooth_field(rng, (1, size), (1, 4))[0]
    shade += 0.12 * smooth_field(rng, (1, size), (1, 45))[0]
    return Media(
        levels=_draw_levels(rng),
        texture=0.012 * grain + 0.02 * smooth_field(rng, (size, size), (9, 6)),
        vessels=_draw_choroid(rng, size, width),
        shade=shade - shade.min(),
        trunks=trunks,
        membrane=_draw_membrane(rng, x),
        membrane_level=rng.uniform(0.14, 0.3),
        decay=float(np.exp(rng.normal(np.log(130), 0.35))),
        stroma=rng.uniform(0.36, 0.52),
    )


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
    signal = intensity(media.levels)[(at * _STEPS).astype(np.int16)]
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


def _draw_levels(rng: np.random.Generator) -> np.ndarray:
    """The grey profile of all layers, each a little brighter or darker than usual."""
    at = (np.arange(_STEPS) + 0.5) / _STEPS
    contrast, rows = np.exp(rng.normal(0, 0.07)), []
    for profile in _PROFILES.values():
        places, levels = np.transpose(profile)
        level = np.interp(at, places, levels)
        rows.append(FLOOR + contrast * (level - FLOOR) * np.exp(rng.normal(0, 0.06)))
    return np.concatenate([*rows, rows[-1][-1:]])


def _draw_choroid(rng: np.random.Generator, size: int, width: float) -> np.ndarray:
    """Positive in the choroid's vessels, [S,S]: small ones and large ones."""
    fine = smooth_field(rng, (size, size), (1.92 / 0.05, width / 0.10))
    large = smooth_field(rng, (size, size), (1.92 / 0.1, width / 0.22))
    return 0.45 * fine + 0.75 * large


def _draw_membrane(rng: np.random.Generator, x: np.ndarray) -> np.ndarray:
    """µm over the retina, [S]; NaN where nothing shows, in two thirds of the scans everywhere."""
    height = np.full(len(x), np.nan)
    for side in (-1, 1):
        if rng.random() < 0.25:
            away = side * x - rng.uniform(0, 0.6)
            reach = rng.uniform(0.5, 0.3 * (x[-1] - x[0]))
            seen = (away > 0) & (away < reach)
            rise = rng.uniform(120, 420) * (1 - np.exp(-away / rng.uniform(0.5, 1.5)))
            height[seen] = rise[seen]
    return height
