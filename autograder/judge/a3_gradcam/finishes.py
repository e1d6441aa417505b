"""From raw map [N,h,w] to heatmap [N,H,W]: ReLU, scaling, enlarging, in every accepted form."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from scipy import ndimage
from torch.nn import functional as F

Step = Callable[[torch.Tensor], torch.Tensor]
Finish = Callable[[torch.Tensor, tuple[int, int]], Iterator[torch.Tensor]]

# bilinear at pixel centres, at corners, and with mirrored borders: scikit-image's way
SMOOTH = ("centres", "corners", "mirrored")
CUBIC = ("cubic", "cubic_corners", "cubic_soft", "spline", "spline_mirrored")

TORCH = {
    "centres": {"mode": "bilinear", "align_corners": False},
    "corners": {"mode": "bilinear", "align_corners": True},
    "nearest": {"mode": "nearest"},
    "cubic": {"mode": "bicubic", "align_corners": False},
    "cubic_corners": {"mode": "bicubic", "align_corners": True},
    "cubic_soft": {"mode": "bicubic", "antialias": True},  # Pillow's
}
SCIPY = {
    "mirrored": {"order": 1, "mode": "mirror", "grid_mode": True},
    "spline": {"order": 3},
    "spline_mirrored": {"order": 3, "mode": "mirror", "grid_mode": True},
}


def enlarge(maps: torch.Tensor, size: tuple[int, int], mode: str) -> torch.Tensor:
    """[N,h,w] → [N,H,W] in one of the modes of TORCH and SCIPY."""
    if mode in TORCH:
        return F.interpolate(maps[:, None], size=size, **TORCH[mode])[:, 0]
    zoom = (size[0] / maps.shape[1], size[1] / maps.shape[2])
    each = [ndimage.zoom(one.numpy(), zoom, **SCIPY[mode]) for one in maps]
    return torch.stack([torch.from_numpy(one) for one in each])


def _each(maps: torch.Tensor, statistic: str) -> torch.Tensor:
    return getattr(maps, statistic)(dim=(1, 2))[:, None, None]


def by_maximum(maps: torch.Tensor) -> torch.Tensor:
    top = _each(maps, "amax")
    return torch.where(top > 0, maps / torch.where(top > 0, top, 1), torch.zeros_like(maps))


def by_range(maps: torch.Tensor) -> torch.Tensor:
    low, high = _each(maps, "amin"), _each(maps, "amax")
    wide = high > low
    return torch.where(
        wide, (maps - low) / torch.where(wide, high - low, 1), torch.zeros_like(maps)
    )


def by_batch(maps: torch.Tensor) -> torch.Tensor:
    top = maps.max()
    return maps / top if top > 0 else maps


def by_batch_range(maps: torch.Tensor) -> torch.Tensor:
    low, high = maps.min(), maps.max()
    return (maps - low) / (high - low) if high > low else torch.zeros_like(maps)


def by_magnitude(maps: torch.Tensor) -> torch.Tensor:
    top = _each(maps.abs(), "amax")
    return maps / torch.where(top > 0, top, 1)


def around_half(maps: torch.Tensor) -> torch.Tensor:
    """Signed from 0 to 1, with no evidence at a half."""
    return 0.5 + 0.5 * by_magnitude(maps)


def divided(maps: torch.Tensor) -> torch.Tensor:
    """By the maximum, whatever its sign: an all-negative map comes out above 1."""
    return maps / _each(maps, "amax")


def faded(eps: float) -> Step:
    """By the maximum plus a constant."""
    return lambda maps: maps / (_each(maps, "amax") + eps)


def by_sum(maps: torch.Tensor) -> torch.Tensor:
    total = _each(maps, "sum")
    return maps / torch.where(total > 0, total, 1)


def by_norm(maps: torch.Tensor) -> torch.Tensor:
    length = _each(maps**2, "sum").sqrt()
    return maps / torch.where(length > 0, length, 1)


def standard(maps: torch.Tensor) -> torch.Tensor:
    mean, spread = _each(maps, "mean"), maps.flatten(1).std(1)[:, None, None]
    return (maps - mean) / torch.where(spread > 0, spread, 1)


def relu(maps: torch.Tensor) -> torch.Tensor:
    return maps.clamp(min=0)


def same(maps: torch.Tensor) -> torch.Tensor:
    return maps


def then(scale: Step, change: Step) -> Step:
    return lambda maps: change(scale(maps))


def within_one(maps: torch.Tensor) -> torch.Tensor:
    """What a clip to [0,1] leaves of splines that overshoot."""
    return maps.clamp(0, 1)


def keep_above(share: float, lit: bool = False) -> Step:
    """Heat under a share of the maximum is cut off; ``lit``: the rest becomes 1."""
    return lambda m: torch.where(m >= share, torch.ones_like(m) if lit else m, torch.zeros_like(m))


def blurred(raw: torch.Tensor, size: tuple[int, int]) -> Iterator[torch.Tensor]:
    """Enlarged rightly, then smoothed by a Gaussian of some common width, perhaps scaled again."""
    for mode in ("centres", "corners"):
        heat = enlarge(by_maximum(relu(raw)), size, mode).numpy()
        for width in (5, 1, 2, 3, 4, 7, 8, 10, 15):
            soft = torch.from_numpy(ndimage.gaussian_filter(heat, (0, width, width)))
            yield from (soft, by_maximum(soft), by_range(soft))


def finishes(
    rectify: Step = relu,
    scales: tuple[Step, ...] = (by_maximum, by_range),
    modes: tuple[str, ...] = SMOOTH,
) -> Finish:
    """Every order and kind that counts as the same finish: where to enlarge is free."""

    def all_of(raw: torch.Tensor, size: tuple[int, int]) -> Iterator[torch.Tensor]:
        for mode in modes:
            for scale in scales:
                yield enlarge(scale(rectify(raw)), size, mode)
                yield scale(enlarge(rectify(raw), size, mode))
                yield scale(rectify(enlarge(raw, size, mode)))

    return all_of


def summed(change: Step, rectify: Step = relu) -> Finish:
    """As if gradients were added up over the places, not averaged, with no scaling behind it."""

    def all_of(raw: torch.Tensor, size: tuple[int, int]) -> Iterator[torch.Tensor]:
        yield from finishes(rectify, (change,))(raw * raw[0].numel(), size)

    return all_of


right = finishes()
unrectified = finishes(
    same,
    (divided, by_maximum, by_magnitude, around_half, same, by_range, by_norm, standard),
)


def bent(change: Step, modes: tuple[str, ...] = SMOOTH) -> Finish:
    """Scaled rightly, then changed point by point: before enlarging, or after."""

    def all_of(raw: torch.Tensor, size: tuple[int, int]) -> Iterator[torch.Tensor]:
        for scale in (by_maximum, by_range):
            yield from finishes(scales=(then(scale, change),), modes=modes)(raw, size)
            for mode in modes:
                yield change(enlarge(scale(relu(raw)), size, mode))

    return all_of


def levels(raw: torch.Tensor, size: tuple[int, int]) -> Iterator[torch.Tensor]:
    """Cut down to 256 whole levels before enlarging, and perhaps again after."""
    for mode in SMOOTH:
        for cut in (torch.floor, torch.round):
            heat = enlarge(cut(255 * by_maximum(relu(raw))), size, mode)
            yield from (heat / 255, heat.round() / 255, by_maximum(heat))


def small(raw: torch.Tensor, size: tuple[int, int]) -> Iterator[torch.Tensor]:
    """Never enlarged: [N,h,w] as it is."""
    yield from (by_maximum(relu(raw)), by_range(relu(raw)))


def turned(raw: torch.Tensor, size: tuple[int, int]) -> Iterator[torch.Tensor]:
    """Transposed, or enlarged to [W,H] in place of [H,W]."""
    yield from right(raw.transpose(1, 2), size)
    if size[0] != size[1]:
        yield from right(raw, size[::-1])


def flipped(raw: torch.Tensor, size: tuple[int, int]) -> Iterator[torch.Tensor]:
    """Upside down, left-right, or turned by a quarter or a half."""
    yield from right(raw.flip(1), size)
    yield from right(raw.flip(2), size)
    for quarters in (1, 2, 3):
        yield from right(raw.rot90(quarters, (1, 2)), size)
        yield from right(raw.rot90(quarters, (1, 2)), size[::-1])
