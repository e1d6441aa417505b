"""Choroidal neovascularisation: the pigment epithelium raised and torn, matter and fluid above."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from glaucam.data.phantoms.oct_area import Area, columns
from glaucam.data.phantoms.oct_oedema import cut_by, row_of_cysts
from glaucam.data.phantoms.oct_retina import ROW
from glaucam.data.phantoms.oct_tissue import Cyst, Dome, Tissue, highest, lifted

_BELOW = {"occult": 1.0, "classic": 0.3, "mixed": 0.8}  # how far a kind lies under the RPE
_ABOVE = {"occult": 0.2, "classic": 1.0, "mixed": 0.7}


@dataclass(frozen=True)
class Neovascular:
    """Around ``x``, ``y`` mm, over ``half`` mm to each side, at most about ``below`` and ``above``
    µm high under and over the pigment epithelium.

    [D,S] each, factors with their roughness: ``raised`` of the height below, ``filled`` of the
    matter above, ``coat`` of the epithelium's added thickness, ``torn`` how far it is broken.
    """

    x: float
    y: float
    half: float
    below: float
    above: float
    raised: np.ndarray
    filled: np.ndarray
    coat: np.ndarray
    torn: np.ndarray
    pockets: tuple[Dome, ...]  # of fluid beside or over it, at severity 1
    severity: float
    cysts: tuple[Cyst, ...]
    yielding: float
    deposit: float

    def within(self, tissue: Tissue, row: int = 0) -> Tissue:
        """``tissue``, of the slice number ``row``, with it."""
        macula = tissue.macula
        away = np.hypot(macula.x - self.x, macula.y - self.y)
        plateau, wide = _plateau(away, self.half), _plateau(away, 1.25 * self.half)
        sub_rpe = self.below * plateau * self.raised[row]
        matter = self.above * plateau * self.filled[row]
        space = matter + self.severity * highest(self.pockets, macula)
        rpe = tissue.thickness[ROW["rpe"]] * wide * self.coat[row]
        height = sub_rpe + space + rpe
        thickness = lifted(tissue.thickness, height, self.yielding, columns(macula.x, 0.6))
        thickness[ROW["rpe"]] += rpe
        return replace(
            tissue, thickness=thickness, sub_rpe=sub_rpe, subretinal=space,
            cysts=cut_by(self.cysts, macula), material=matter / np.maximum(space, 1e-6),
            damage=np.clip(1.2 * wide, 0, 1), gaps=wide * self.torn[row], deposit=self.deposit,
        )  # fmt: skip


def draw_neovascular(rng: np.random.Generator, area: Area, severity: float) -> Neovascular:
    """Occult lesions lie under the pigment epithelium, classic ones above it, most do both."""
    centre = area.inside(rng.normal(0, 0.55))
    half = rng.uniform(0.7, 1.6)  # mm
    kind = rng.choice(["occult", "classic", "mixed"], p=[0.35, 0.2, 0.45])
    below = _BELOW[kind] * rng.uniform(60, 180) * severity
    above = _ABOVE[kind] * rng.uniform(70, 180) * severity
    raised = 0.68 + 0.16 * area.rough(rng, 0.11) + 0.36 * area.rough(rng, 0.4)
    filled = np.clip(0.6 + 0.5 * area.rough(rng, 0.45), 0, 1.7)
    pockets = _draw_pockets(rng, area, centre, half)
    coat, yielding = np.clip(0.7 + 0.6 * area.rough(rng, 0.1), -0.6, 1.8), rng.uniform(0.1, 0.4)
    cysts = _draw_cysts(rng, area, centre, severity)
    torn = np.clip(0.9 * area.rough(rng, 0.15) - 0.6, 0, 0.9)
    return Neovascular(
        centre, area.middle, half, below, above, np.clip(raised, 0.1, 1.7), filled, coat, torn,
        pockets, severity, cysts, yielding, deposit=rng.uniform(0.24, 0.5),
    )  # fmt: skip


def _draw_pockets(
    rng: np.random.Generator, area: Area, centre: float, half: float
) -> tuple[Dome, ...]:
    """None, or one or two."""
    pockets = []
    for side in rng.choice([-1, 1], size=rng.choice([0, 1, 2], p=[0.25, 0.5, 0.25])):
        place = centre + side * half * rng.uniform(0.3, 1.15)
        radius, tall = rng.uniform(0.25, 0.8), rng.uniform(25, 110)
        y = area.middle if area.flat else rng.normal(area.middle, 0.4 * half)
        pockets.append(Dome(place, radius, tall, 1.3, y))
    return tuple(pockets)


def _draw_cysts(
    rng: np.random.Generator, area: Area, centre: float, severity: float
) -> tuple[Cyst, ...]:
    """In 30 % of them, some."""
    count = int(rng.integers(1, 5)) if rng.random() < 0.3 else 0
    place = (rng.normal(centre, 0.3), area.middle)
    return row_of_cysts(rng, place, 4.45, count, 0.4 * severity)


def _plateau(away: np.ndarray, half: float) -> np.ndarray:
    """1 in the middle of 2 · ``half`` mm, falling smoothly to 0 at its ends; ``away`` mm [S]."""
    away = np.clip(away / half, 0, 1)
    return 0.5 * (1 + np.cos(np.pi * np.clip((away - 0.35) / 0.65, 0, 1)))
