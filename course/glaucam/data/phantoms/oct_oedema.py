"""Diabetic macular oedema: cysts in the inner and outer nuclear layers, swelling, a dome."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from glaucam.data.phantoms.oct_area import Area, columns
from glaucam.data.phantoms.oct_retina import ROW, Macula
from glaucam.data.phantoms.oct_tissue import Cyst, Dome, Tissue, highest, lifted, smoothed

_DEPTHS = {"onl": 6.35, "inl": 4.45}  # of rows of cysts, in layers from the surface
_ROWS = 0.22  # mm between the rows of a volume
_REACH = 1.75  # of the spread, to which rows go: about as far as the swelling
_SHARES = {"gcl": 0.05, "ipl": 0.07, "inl": 0.23, "opl": 0.15, "onl": 0.5}  # of the swelling


@dataclass(frozen=True)
class Oedema:
    """``swelling`` µm, around ``x``, ``y`` mm, a bell of deviation ``spread`` mm."""

    x: float
    y: float
    spread: float
    swelling: float
    cysts: tuple[Cyst, ...]
    domes: tuple[Dome, ...]  # of fluid under the retina: one, or none

    def within(self, tissue: Tissue, row: int = 0) -> Tissue:
        """``tissue``, of one slice, with it."""
        swollen = self._swollen(tissue)
        _make_room(swollen, tissue.macula, self.cysts)
        dome = highest(self.domes, tissue.macula)
        thickness = lifted(swollen, dome, 0.25, columns(tissue.macula.x, 0.3))
        cysts = cut_by(self.cysts, tissue.macula)
        return replace(tissue, thickness=thickness, subretinal=dome, cysts=cysts)

    def _swollen(self, tissue: Tissue) -> np.ndarray:
        """Layers µm [8,S] thickened around the centre, the pit filled as far."""
        macula, swollen = tissue.macula, tissue.thickness.copy()
        away = np.hypot(macula.x - self.x, macula.y - self.y)
        more = self.swelling * np.exp(-0.5 * (away / self.spread) ** 2)  # µm
        for name, share in _SHARES.items():
            swollen[ROW[name]] += share * more
        return swollen


def draw_oedema(rng: np.random.Generator, area: Area, severity: float) -> Oedema:
    """Rows of cysts: one in a scan's plane; in a volume as many as reach across the swelling."""
    centre = area.inside(rng.normal(0, 0.7))
    spread = rng.uniform(0.35, 1.1)  # mm
    cysts: list[Cyst] = []
    for y, part in _rows(area, _REACH * spread):
        count = round(part * rng.integers(1, 8))
        cysts += row_of_cysts(rng, (centre, y), _DEPTHS["onl"], count, severity * part)
        place, count = (rng.normal(centre, 0.3), y), round(part * rng.integers(0, 7))
        cysts += row_of_cysts(rng, place, _DEPTHS["inl"], count, 0.55 * severity * part)
    wide = spread * rng.uniform(0.8, 1.4)
    swelling = severity * min(25 + rng.gamma(2.0, 40), 220)
    domes: tuple[Dome, ...] = ()
    if rng.random() < 0.25:
        radius, tall = rng.uniform(0.5, 1.1), severity * rng.uniform(40, 170)
        domes = (Dome(centre, radius, tall, 1.5, area.middle),)
    return Oedema(centre, area.middle, wide, swelling, tuple(cysts), domes)


def row_of_cysts(
    rng: np.random.Generator, place: tuple[float, float], depth: float, count: int, severity: float
) -> tuple[Cyst, ...]:
    """Neighbours with thin walls between, about ``depth`` layers down, largest in the middle.

    ``place`` is the row's x and y in mm.
    """
    tall = np.clip(60 * severity**0.5 * np.exp(rng.normal(0, 0.45)), 12, 130)
    humps = np.sin(np.pi * (np.arange(count) + 0.8) / (count + 0.6))
    heights = np.clip(tall * humps * np.exp(rng.normal(0, 0.3, count)), 9, 140)  # µm
    widths = heights / 1000 * rng.uniform(0.8, 2.6, count)  # mm
    ends = np.cumsum(2 * widths * rng.uniform(0.95, 1.35, count))
    places = place[0] + ends - widths - ends.mean() if count else ends
    depths = rng.normal(depth, 0.1, count)
    rows = zip(places, depths, widths, heights, strict=True)
    return tuple(Cyst(*values, y=place[1]) for values in rows)


def cut_by(cysts: tuple[Cyst, ...], macula: Macula) -> tuple[Cyst, ...]:
    """What the slice of ``macula`` shows of them."""
    cut = (cyst.cut(macula.y) for cyst in cysts)
    return tuple(cyst for cyst in cut if cyst is not None)


def _rows(area: Area, reach: float) -> list[tuple[float, float]]:
    """y of each row of cysts, mm, and how much of the middle row it is."""
    count = 0 if area.flat else int(reach / _ROWS)
    away = _ROWS * np.arange(-count, count + 1)
    parts = (1 - (away / (reach + _ROWS)) ** 2) ** 0.5
    return [(area.middle + float(a), float(part)) for a, part in zip(away, parts, strict=True)]


def _make_room(thickness: np.ndarray, macula: Macula, cysts: tuple[Cyst, ...]) -> None:
    """Thicken the nuclear layers around their cysts, so that the surface bulges, gently."""
    for name in ("inl", "onl"):
        room = np.zeros(len(macula.x))
        for cyst in cysts:
            if cyst.layer == name:
                away = np.hypot(macula.x - cyst.x, macula.y - cyst.y)
                bulge = np.exp(-0.5 * (away / (cyst.width + 0.22)) ** 2)
                room = np.maximum(room, 1.2 * cyst.height * bulge)
        thickness[ROW[name]] += smoothed(room, columns(macula.x, 0.45))
