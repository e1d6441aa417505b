"""Grad-CAM as it should be, and as students have written it: one table of formulas.

A formula is a raw map (which score, which gradient, which weighting) and a finish (ReLU, scaling,
enlarging). The judge computes all of them on a secret case and asks which one the student's numbers
follow. If it is the right one, the check is passed; if it is a known mistake, the mistake has a
name; whatever is checked later is checked by that same formula, so one mistake is paid once.

Sources: Selvaraju et al. 2017 eq. 1 and 2 for the right one; the mistakes are those that circulate
in issue trackers, forums and course copies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import torch
from glaucam.methods.base import capture
from scipy import ndimage
from torch import nn
from torch.nn import functional as F

TOLERANCE = 1e-3  # on heatmaps in [0,1]; float32 against float32 differs by some 1e-6
CONTRAST = "contrast"
Target = int | str


@dataclass(frozen=True)
class Evidence:
    """What the right network gives for one target: A, y, and gradients of several scores.

    ``A``: [N,C,h,w]; ``gradients[score]``: [N,C,h,w]; ``size``: (H, W) of the images.
    """

    A: torch.Tensor
    gradients: dict[str, torch.Tensor]
    size: tuple[int, int]
    raw_maps: dict[str, torch.Tensor] = field(default_factory=dict)

    @cached_property
    def alpha(self) -> torch.Tensor:
        return self.gradients["score"].mean((2, 3), keepdim=True)

    def raw(self, name: str) -> torch.Tensor:
        """The raw map [N,h,w] of the weighting called ``name``."""
        if name not in self.raw_maps:
            self.raw_maps[name] = RAW[name](self)
        return self.raw_maps[name]


def gather(net: nn.Module, layer: str, images: np.ndarray, target: Target) -> Evidence:
    """Run the judge's own network once and take every gradient the formulas need."""
    with capture(net, layer, torch.from_numpy(images)) as captured:
        y = captured.logits
        scores = {name: score(y, target).sum() for name, score in SCORES.items()}
        gradients = {
            name: torch.autograd.grad(s, captured.leaf, retain_graph=True)[0].detach()
            for name, s in scores.items()
        }
        return Evidence(captured.activations, gradients, images.shape[2:])


def _pick(y: torch.Tensor, target: Target) -> torch.Tensor:
    return y[:, 1] - y[:, 0] if target == CONTRAST else y[:, int(target)]


def _other(y: torch.Tensor, target: Target) -> torch.Tensor:
    if target == CONTRAST:
        return y[:, 0] - y[:, 1]
    return y[:, (int(target) + 1) % y.shape[1]]


def _first(y: torch.Tensor, target: Target) -> torch.Tensor:
    return y[:, 0]


SCORES: dict[str, Callable[[torch.Tensor, Target], torch.Tensor]] = {
    "score": _pick,
    "probability": lambda y, t: _pick(y.softmax(1), t),
    "log_probability": lambda y, t: _pick(y.log_softmax(1), t),
    "loss": lambda y, t: -_pick(y.log_softmax(1), t),
    "sum": lambda y, t: y.sum(1),
    "predicted": lambda y, t: y.max(1).values,
    "other": _other,
    "first": _first,
    "second": lambda y, t: y[:, 1],
    "last": lambda y, t: y[:, -1],
}


def weighted(score: str) -> Callable[[Evidence], torch.Tensor]:
    """Σ_k mean(∂score/∂A_k) A_k."""
    return lambda e: (e.gradients[score].mean((2, 3), keepdim=True) * e.A).sum(1)


def _batch_alpha(e: Evidence) -> torch.Tensor:
    return (e.alpha.mean(0, keepdim=True) * e.A).sum(1)


RAW: dict[str, Callable[[Evidence], torch.Tensor]] = {
    "gradcam": weighted("score"),
    "softmax": weighted("probability"),
    "log_softmax": weighted("log_probability"),
    "loss": weighted("loss"),
    "summed": weighted("sum"),
    "predicted": weighted("predicted"),
    "other": weighted("other"),
    "first": weighted("first"),
    "second": weighted("second"),
    "last": weighted("last"),
    "max_pooled": lambda e: (e.gradients["score"].amax((2, 3), keepdim=True) * e.A).sum(1),
    "elementwise": lambda e: (e.gradients["score"] * e.A).sum(1),
    "relu_elementwise": lambda e: (e.gradients["score"] * e.A).clamp(min=0).sum(1),
    "relu_weights": lambda e: (e.alpha.clamp(min=0) * e.A).sum(1),
    "relu_gradients": lambda e: (
        e.gradients["score"].clamp(min=0).mean((2, 3), keepdim=True) * e.A
    ).sum(1),
    "absolute_gradients": lambda e: (
        e.gradients["score"].abs().mean((2, 3), keepdim=True) * e.A
    ).sum(1),
    "absolute_weights": lambda e: (e.alpha.abs() * e.A).sum(1),
    "absolute": lambda e: (e.alpha * e.A).sum(1).abs(),
    "negated": lambda e: -(e.alpha * e.A).sum(1),
    "activations": lambda e: e.A.mean(1),
    "gradient_only": lambda e: e.gradients["score"].mean(1),
    "gradient_magnitude": lambda e: e.gradients["score"].abs().mean(1),
    "from_ones": lambda e: 1 + (e.alpha * e.A).sum(1),
    "mean_from_ones": lambda e: 1 + (e.alpha * e.A).mean(1),
    "batch_averaged": _batch_alpha,
    "overwritten": lambda e: (e.alpha * e.A.clamp(min=0)).sum(1),
    "one_channel": lambda e: e.A[:, 0],
    "second_channel": lambda e: e.A[:, 1],
    "third_channel": lambda e: e.A[:, 2],
}


# Finishes: raw [N,h,w] → heatmap [N,H,W] ------------------------------------------------------


def enlarge(maps: torch.Tensor, size: tuple[int, int], mode: str) -> torch.Tensor:
    """Bilinear at pixel centres, at corners, or with mirrored borders; nearest; bicubic."""
    if mode == "mirrored":
        zoom = (1, size[0] / maps.shape[1], size[1] / maps.shape[2])
        return torch.from_numpy(
            ndimage.zoom(maps.numpy(), zoom, order=1, mode="mirror", grid_mode=True)
        )
    if mode == "nearest":
        return F.interpolate(maps[:, None], size=size, mode=mode)[:, 0]
    kind = "bicubic" if mode == "bicubic" else "bilinear"
    return F.interpolate(maps[:, None], size=size, mode=kind, align_corners=mode == "corners")[:, 0]


def _each(maps: torch.Tensor, statistic: str) -> torch.Tensor:
    return getattr(maps, statistic)(dim=(1, 2))[:, None, None]


def by_maximum(maps: torch.Tensor) -> torch.Tensor:
    top = _each(maps, "amax")
    return torch.where(top > 0, maps / torch.where(top > 0, top, 1), torch.zeros_like(maps))


def by_range(maps: torch.Tensor) -> torch.Tensor:
    low, high = _each(maps, "amin"), _each(maps, "amax")
    wide = high > low
    return torch.where(wide, (maps - low) / torch.where(wide, high - low, 1), torch.zeros_like(maps))


def by_batch(maps: torch.Tensor) -> torch.Tensor:
    top = maps.max()
    return maps / top if top > 0 else maps


def by_batch_range(maps: torch.Tensor) -> torch.Tensor:
    low, high = maps.min(), maps.max()
    return (maps - low) / (high - low) if high > low else torch.zeros_like(maps)


def by_magnitude(maps: torch.Tensor) -> torch.Tensor:
    top = _each(maps.abs(), "amax")
    return maps / torch.where(top > 0, top, 1)


def divided(maps: torch.Tensor) -> torch.Tensor:
    """By the maximum, whatever its sign: an all-negative map comes out above 1."""
    return maps / _each(maps, "amax")


def relu(maps: torch.Tensor) -> torch.Tensor:
    return maps.clamp(min=0)


def same(maps: torch.Tensor) -> torch.Tensor:
    return maps


Step = Callable[[torch.Tensor], torch.Tensor]
SMOOTH = ("centres", "corners", "mirrored")


def finishes(
    rectify: Step = relu, scales: tuple[Step, ...] = (by_maximum, by_range), modes=SMOOTH
) -> Callable[[torch.Tensor, tuple[int, int]], Iterator[torch.Tensor]]:
    """Every order and kind that counts as the same finish: where to enlarge is free."""

    def all_of(raw: torch.Tensor, size: tuple[int, int]) -> Iterator[torch.Tensor]:
        for mode in modes:
            for scale in scales:
                yield enlarge(scale(rectify(raw)), size, mode)
                yield scale(enlarge(rectify(raw), size, mode))
                yield scale(rectify(enlarge(raw, size, mode)))

    return all_of


right = finishes()


def small(raw: torch.Tensor, size: tuple[int, int]) -> Iterator[torch.Tensor]:
    """Never enlarged: [N,h,w] as it is."""
    yield from (by_maximum(relu(raw)), by_range(relu(raw)))


def turned(raw: torch.Tensor, size: tuple[int, int]) -> Iterator[torch.Tensor]:
    """Transposed, or enlarged to [W,H] in place of [H,W]."""
    yield from right(raw.transpose(1, 2), size)
    if size[0] != size[1]:
        yield from right(raw, size[::-1])


def flipped(raw: torch.Tensor, size: tuple[int, int]) -> Iterator[torch.Tensor]:
    """Upside down or left-right."""
    for heat in right(raw, size):
        yield from (heat.flip(1), heat.flip(2))


@dataclass(frozen=True)
class Formula:
    """A raw map and a finish under one name; ``id`` is "" for the right one."""

    id: str
    raw: str
    finish: Callable[[torch.Tensor, tuple[int, int]], Iterator[torch.Tensor]]

    def maps(self, evidence: Evidence) -> Iterator[torch.Tensor]:
        yield from self.finish(evidence.raw(self.raw), evidence.size)

    def explains(self, heat: np.ndarray, evidence: Evidence) -> bool:
        """Whether ``heat`` [N,H,W] is this formula's result, in one of its forms, for all images."""
        return any(close(heat, candidate.numpy()) for candidate in self.maps(evidence))

    def differs(self, other: Formula, evidence: Evidence, by: float) -> bool:
        """Whether this formula's first form is more than ``by`` from every form of the other."""
        mine = next(self.maps(evidence)).numpy()
        return not any(close(mine, theirs.numpy(), by) for theirs in other.maps(evidence))


def close(heat: np.ndarray, expected: np.ndarray, tolerance: float = TOLERANCE) -> bool:
    return heat.shape == expected.shape and bool(np.abs(heat - expected).max() <= tolerance)


RIGHT = Formula("", "gradcam", right)

MISTAKES = (
    Formula("softmax-score", "softmax", right),
    Formula("log-softmax-score", "log_softmax", right),
    Formula("loss-gradient", "loss", right),
    Formula("classes-summed", "summed", right),
    Formula("predicted-class", "predicted", right),
    Formula("wrong-class", "other", right),
    Formula("wrong-class", "first", right),
    Formula("wrong-class", "second", right),
    Formula("wrong-class", "last", right),
    Formula("max-pooled-gradients", "max_pooled", right),
    Formula("gradient-times-activation", "elementwise", right),
    Formula("gradient-times-activation", "relu_elementwise", right),
    Formula("relu-on-weights", "relu_weights", right),
    Formula("relu-on-gradients", "relu_gradients", right),
    Formula("absolute-gradients", "absolute_gradients", right),
    Formula("absolute-gradients", "absolute_weights", right),
    Formula("absolute-map", "absolute", right),
    Formula("negated-map", "negated", right),
    Formula("activations-only", "activations", right),
    Formula("gradients-only", "gradient_only", right),
    Formula("gradients-only", "gradient_magnitude", right),
    Formula("accumulator-ones", "from_ones", right),
    Formula("accumulator-ones", "mean_from_ones", right),
    Formula("overwritten-in-place", "overwritten", right),
    Formula("channel-as-class", "one_channel", right),
    Formula("channel-as-class", "second_channel", right),
    Formula("channel-as-class", "third_channel", right),
    Formula("no-relu", "gradcam", finishes(same, (divided, by_maximum, by_magnitude, same))),
    Formula("min-max-before-relu", "gradcam", finishes(same, (by_range,))),
    Formula("not-normalised", "gradcam", finishes(relu, (same,))),
    Formula("inverted-map", "gradcam", finishes(relu, (lambda m: 1 - by_maximum(m),))),
    Formula("inverted-map", "gradcam", finishes(relu, (lambda m: 1 - by_range(m),))),
    Formula("scaled-to-255", "gradcam", finishes(relu, (lambda m: 255 * by_maximum(m),))),
    Formula("squashed-by-sigmoid", "gradcam", finishes(same, (torch.sigmoid,))),
    Formula("squashed-by-sigmoid", "gradcam", finishes(relu, (torch.sigmoid,))),
    Formula("squared-map", "gradcam", finishes(relu, (lambda m: by_maximum(m) ** 2,))),
    Formula("nearest-upsampling", "gradcam", finishes(modes=("nearest",))),
    Formula("bicubic-upsampling", "gradcam", finishes(modes=("bicubic",))),
    Formula("not-upsampled", "gradcam", small),
    Formula("swapped-axes", "gradcam", turned),
    Formula("flipped-map", "gradcam", flipped),
)

IN_A_BATCH = (
    Formula("batch-normalised", "gradcam", finishes(scales=(by_batch, by_batch_range))),
    Formula("batch-averaged-gradients", "batch_averaged", right),
)


def diagnose(cases: list[tuple[np.ndarray, Evidence]], formulas=MISTAKES) -> Formula | None:
    """The right formula or the known mistake that explains every case, or None."""
    for formula in (RIGHT, *formulas):
        if all(formula.explains(heat, evidence) for heat, evidence in cases):
            return formula
    return None
