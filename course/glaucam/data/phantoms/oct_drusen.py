"""Drusen, the deposits of age-related macular degeneration."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from glaucam.data.phantoms.oct_area import Area, columns
from glaucam.data.phantoms.oct_retina import ROW
from glaucam.data.phantoms.oct_tissue import Dome, Tissue, highest, lifted

# µm, mean and deviation of the base of drusen: ≤ 63, 63–125, > 125 µm high class, confluent
_BASES = ((117, 71), (156, 89), (227, 125), (296, 125))
_SHARES = (0.1, 0.2, 0.35, 0.35)


@dataclass(frozen=True)
class Drusen:
    """Domes of deposit between the pigment epithelium and Bruch's membrane."""

    domes: tuple[Dome, ...]
    yielding: float
    deposit: float

    def within(self, tissue: Tissue, row: int = 0) -> Tissue:
        """``tissue``, of one slice, with them."""
        height = highest(self.domes, tissue.macula)
        damage = np.clip((height - 40) / 90, 0, 0.8)
        lost = 0.5 * np.clip(height / 80, 0, 1) * tissue.thickness[ROW["photoreceptors"]]
        smooth = columns(tissue.macula.x, 0.25)
        thickness = lifted(tissue.thickness, height - lost, self.yielding, smooth)
        thickness[ROW["photoreceptors"]] -= lost
        return replace(
            tissue, sub_rpe=height, thickness=thickness, damage=damage, deposit=self.deposit
        )


def draw_drusen(rng: np.random.Generator, area: Area, severity: float) -> Drusen:
    """A few in a scan's plane; in a volume so many that its middle slices show as many."""
    count = 2 + rng.poisson(3.5 * severity)
    if not area.flat:
        count = 8 + rng.poisson(rng.gamma(2.0, 15) * severity)
    domes = tuple(_draw_dome(rng, area, severity) for _ in range(count))
    return Drusen(domes, rng.uniform(0.5, 0.85), rng.uniform(0.33, 0.52))


def _draw_dome(rng: np.random.Generator, area: Area, severity: float) -> Dome:
    mean, spread = _BASES[rng.choice(4, p=_SHARES)]
    base = np.clip(1.2 * rng.normal(mean, spread), 100, 800) / 1000  # mm; neighbours merge
    tall = np.clip(1000 * base * rng.uniform(0.16, 0.36), 24, 125) * min(severity, 1.4)
    centre = area.inside(rng.normal(0, 1.0))
    dome = Dome(centre, base / 2, tall, rng.uniform(0.5, 1.0), area.middle)
    return dome if area.flat else replace(dome, y=rng.normal(area.middle, 0.8))
