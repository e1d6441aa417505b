"""Three diseases of the macula, each as a change of a healthy one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from glaucam.data.phantoms.noise import smooth_field
from glaucam.data.phantoms.oct_retina import ROW, Macula
from glaucam.data.phantoms.oct_tissue import Cyst, Tissue, healthy, lifted, smoothed

# µm, mean and deviation of the base of drusen: ≤ 63, 63–125, > 125 µm high class, confluent
_DRUSEN_BASES = ((117, 71), (156, 89), (227, 125), (296, 125))
_DRUSEN_SHARES = (0.1, 0.2, 0.35, 0.35)


def diseased(rng: np.random.Generator, name: str, macula: Macula, severity: float) -> Tissue:
    """``macula`` with the disease of class ``name``; NORMAL and severity 0 leave it healthy."""
    tissue = healthy(macula)
    if name not in _DISEASES or severity == 0:
        return tissue
    return _DISEASES[name](rng, tissue, severity)


def _drusen(rng: np.random.Generator, tissue: Tissue, severity: float) -> Tissue:
    """Domes of deposit between the pigment epithelium and Bruch's membrane."""
    x, reach = tissue.macula.x, _reach(tissue)
    height = np.zeros(len(x))
    for _ in range(2 + rng.poisson(3.5 * severity)):
        mean, spread = _DRUSEN_BASES[rng.choice(4, p=_DRUSEN_SHARES)]
        base = np.clip(1.2 * rng.normal(mean, spread), 100, 800) / 1000  # mm; neighbours merge
        tall = np.clip(1000 * base * rng.uniform(0.16, 0.36), 24, 125) * min(severity, 1.4)
        centre = np.clip(rng.normal(0, 1.0), *reach)
        away = np.clip(np.abs(x - centre) / (base / 2), 0, 1)
        height = np.maximum(height, tall * (1 - away**2) ** rng.uniform(0.5, 1.0))
    damage = np.clip((height - 40) / 90, 0, 0.8)
    lost = 0.5 * np.clip(height / 80, 0, 1) * tissue.thickness[ROW["photoreceptors"]]
    yielding = rng.uniform(0.5, 0.85)
    thickness = lifted(tissue.thickness, height - lost, yielding, _columns(x, 0.25))
    thickness[ROW["photoreceptors"]] -= lost
    return replace(
        tissue,
        sub_rpe=height,
        thickness=thickness,
        damage=damage,
        deposit=rng.uniform(0.33, 0.52),
    )


def _oedema(rng: np.random.Generator, tissue: Tissue, severity: float) -> Tissue:
    """Diabetic macular oedema: cysts in the inner and outer nuclear layers, swelling, a dome."""
    x = tissue.macula.x
    centre = float(np.clip(rng.normal(0, 0.7), *_reach(tissue)))
    spread = rng.uniform(0.35, 1.1)  # mm
    cysts = (
        *_row_of_cysts(rng, centre, 6.35, int(rng.integers(1, 8)), severity),
        *_row_of_cysts(
            rng, rng.normal(centre, 0.3), 4.45, int(rng.integers(0, 7)), 0.55 * severity
        ),
    )
    swollen = _swollen(rng, tissue, centre, spread, severity)
    _make_room(swollen, x, cysts)
    dome = np.zeros(len(x))
    if rng.random() < 0.25:
        away = np.clip(np.abs(x - centre) / rng.uniform(0.5, 1.1), 0, 1)
        dome = severity * rng.uniform(40, 170) * (1 - away**2) ** 1.5
    thickness = lifted(swollen, dome, 0.25, _columns(x, 0.3))
    return replace(tissue, thickness=thickness, subretinal=dome, cysts=cysts)


def _swollen(
    rng: np.random.Generator, tissue: Tissue, centre: float, spread: float, severity: float
) -> np.ndarray:
    """Layers µm [8,S] thickened around ``centre``, the pit filled as far."""
    x, swollen = tissue.macula.x, tissue.thickness.copy()
    hill = np.exp(-0.5 * ((x - centre) / (spread * rng.uniform(0.8, 1.4))) ** 2)
    more = severity * min(25 + rng.gamma(2.0, 40), 220) * hill  # µm
    for name, share in (("gcl", 0.05), ("ipl", 0.07), ("inl", 0.23), ("opl", 0.15), ("onl", 0.5)):
        swollen[ROW[name]] += share * more
    return swollen


def _make_room(thickness: np.ndarray, x: np.ndarray, cysts: tuple[Cyst, ...]) -> None:
    """Thicken the nuclear layers around their cysts, so that the surface bulges, gently."""
    for name in ("inl", "onl"):
        room = np.zeros(len(x))
        for cyst in cysts:
            if cyst.layer == name:
                bulge = np.exp(-0.5 * ((x - cyst.x) / (cyst.width + 0.22)) ** 2)
                room = np.maximum(room, 1.2 * cyst.height * bulge)
        thickness[ROW[name]] += smoothed(room, _columns(x, 0.45))


def _row_of_cysts(
    rng: np.random.Generator, centre: float, depth: float, count: int, severity: float
) -> tuple[Cyst, ...]:
    """Neighbours with thin walls between, about ``depth`` layers down, largest in the middle."""
    tall = np.clip(60 * severity**0.5 * np.exp(rng.normal(0, 0.45)), 12, 130)
    humps = np.sin(np.pi * (np.arange(count) + 0.8) / (count + 0.6))
    heights = np.clip(tall * humps * np.exp(rng.normal(0, 0.3, count)), 9, 140)  # µm
    widths = heights / 1000 * rng.uniform(0.8, 2.6, count)  # mm
    ends = np.cumsum(2 * widths * rng.uniform(0.95, 1.35, count))
    places = centre + ends - widths - ends.mean() if count else ends
    depths = rng.normal(depth, 0.1, count)
    return tuple(Cyst(*values) for values in zip(places, depths, widths, heights, strict=True))


def _neovascular(rng: np.random.Generator, tissue: Tissue, severity: float) -> Tissue:
    """Choroidal neovascularisation: the pigment epithelium raised and torn, matter and fluid above.

    Occult lesions lie under it, classic ones above it, most do both.
    """
    x = tissue.macula.x
    centre = float(np.clip(rng.normal(0, 0.55), *_reach(tissue)))
    half = rng.uniform(0.7, 1.6)  # mm
    kind = rng.choice(["occult", "classic", "mixed"], p=[0.35, 0.2, 0.45])
    below = {"occult": 1.0, "classic": 0.3, "mixed": 0.8}[kind] * rng.uniform(60, 180) * severity
    above = {"occult": 0.2, "classic": 1.0, "mixed": 0.7}[kind] * rng.uniform(70, 180) * severity
    plateau, wide = _plateau(x, centre, half), _plateau(x, centre, 1.25 * half)
    rough = np.clip(0.68 + 0.16 * _rough(rng, x, 0.11) + 0.36 * _rough(rng, x, 0.4), 0.1, 1.7)
    sub_rpe = below * plateau * rough
    matter = above * plateau * np.clip(0.6 + 0.5 * _rough(rng, x, 0.45), 0, 1.7)
    fluid = severity * _fluid(rng, x, centre, half)
    space = matter + fluid
    rpe = tissue.thickness[ROW["rpe"]] * wide * np.clip(0.7 + 0.6 * _rough(rng, x, 0.1), -0.6, 1.8)
    height, yielding = sub_rpe + space + rpe, rng.uniform(0.1, 0.4)
    thickness = lifted(tissue.thickness, height, yielding, _columns(x, 0.6))
    thickness[ROW["rpe"]] += rpe
    count = int(rng.integers(1, 5)) if rng.random() < 0.3 else 0
    cysts = _row_of_cysts(rng, rng.normal(centre, 0.3), 4.45, count, 0.4 * severity)
    return replace(
        tissue, thickness=thickness, sub_rpe=sub_rpe, subretinal=space, cysts=cysts,
        material=matter / np.maximum(space, 1e-6), damage=np.clip(1.2 * wide, 0, 1),
        gaps=wide * np.clip(0.9 * _rough(rng, x, 0.15) - 0.6, 0, 0.9),
        deposit=rng.uniform(0.24, 0.5),
    )  # fmt: skip


def _fluid(rng: np.random.Generator, x: np.ndarray, centre: float, half: float) -> np.ndarray:
    """Subretinal fluid beside or over the lesion, µm [S]: none, or one or two pockets."""
    height = np.zeros(len(x))
    for side in rng.choice([-1, 1], size=rng.choice([0, 1, 2], p=[0.25, 0.5, 0.25])):
        place = centre + side * half * rng.uniform(0.3, 1.15)
        away = np.clip(np.abs(x - place) / rng.uniform(0.25, 0.8), 0, 1)
        height = np.maximum(height, rng.uniform(25, 110) * (1 - away**2) ** 1.3)
    return height


_DISEASES: dict[str, Callable[[np.random.Generator, Tissue, float], Tissue]] = {
    "CNV": _neovascular,
    "DME": _oedema,
    "DRUSEN": _drusen,
}


def _reach(tissue: Tissue) -> tuple[float, float]:
    """Where a lesion's centre may lie, mm: in the scan, and within the macula."""
    x = tissue.macula.x
    return max(x[0] + 0.5, -2.2), min(x[-1] - 0.5, 2.2)


def _plateau(x: np.ndarray, centre: float, half: float) -> np.ndarray:
    """1 in the middle of 2 · ``half`` mm around ``centre``, falling smoothly to 0 at its ends."""
    away = np.clip(np.abs(x - centre) / half, 0, 1)
    return 0.5 * (1 + np.cos(np.pi * np.clip((away - 0.35) / 0.65, 0, 1)))


def _rough(rng: np.random.Generator, x: np.ndarray, scale: float) -> np.ndarray:
    """Smooth noise along x with features of ``scale`` mm, [S]."""
    return smooth_field(rng, (1, len(x)), (1, (x[-1] - x[0]) / scale))[0]


def _columns(x: np.ndarray, width: float) -> int:
    """``width`` mm in columns, at least one."""
    return max(1, round(width / (x[1] - x[0])))
