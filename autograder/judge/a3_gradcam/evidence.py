"""What the judge's own run of a secret network gives: A, y, and the gradients of several scores."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from autograder.judge.a3_gradcam.raw_maps import RAW
from glaucam.methods.base import Capture, capture

if TYPE_CHECKING:
    from autograder.judge.a3_gradcam.cases import Case

CONTRAST = "contrast"
Target = int | str
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


@dataclass(frozen=True)
class Evidence:
    """What the right network gives for one target: A, y, and gradients of several scores.

    ``A``: [N,C,h,w]; ``gradients[score]``: [N,C,h,w]; ``size``: (H, W) of the images; ``look``:
    the same for images or a layer that were mistaken in the way of that name; ``case`` and
    ``rows``: whose images these are.
    """

    A: torch.Tensor
    gradients: dict[str, torch.Tensor]
    size: tuple[int, int]
    target: Target
    look: Callable[[str], Evidence] | None = None
    case: Case | None = None
    rows: tuple[int, ...] = ()
    kept: dict[object, object] = field(default_factory=dict)

    @cached_property
    def alpha(self) -> torch.Tensor:
        return self.gradients["score"].mean((2, 3), keepdim=True)

    def raw(self, name: str) -> torch.Tensor:
        """The raw map [N,h,w] of the weighting called ``name``."""
        if name not in self.kept:
            self.kept[name] = RAW[name](self)
        return self.kept[name]

    def peaks(self) -> torch.Tensor:
        """The maximum of each right raw map, [N]; 0 where it speaks for or against only."""
        raw = self.raw("gradcam")
        top, most = raw.amax((1, 2)), raw.abs().amax((1, 2))
        both = (top > 0.3 * most) & (raw.amin((1, 2)) < -0.1 * most)
        return torch.where(both, top, 0.0)

    def seen(self, view: str) -> Evidence:
        """The evidence under a view of VIEWS; "" is the right one."""
        if not view:
            return self
        if f"view {view}" not in self.kept:
            self.kept[f"view {view}"] = self.look(view)
        return self.kept[f"view {view}"]


def gather(net: nn.Module, layer: str, images: np.ndarray, target: Target) -> Evidence:
    """Run the judge's own network once and take every gradient the formulas need."""

    def look(view: str) -> Evidence:
        if view == "last_conv":
            return taken(net, last_convolution(net), torch.from_numpy(images), target, size)
        return taken(net, layer, VIEWS[view](torch.from_numpy(images)), target, size)

    size = images.shape[2:]
    return taken(net, layer, torch.from_numpy(images), target, size, look)


def least_peaks(
    net: nn.Module, layer: str, images: np.ndarray, targets: Sequence[Target]
) -> np.ndarray:
    """Of each image the least maximum among the right raw maps of several targets, [N]; 0 where
    one speaks for or against only. Most that is drawn fails here, so nothing else is computed.
    """
    with capture(net, layer, torch.from_numpy(images)) as captured:
        size, A = images.shape[2:], captured.activations
        seen = [Evidence(A, gradients_of(captured, t, ("score",)), size, t) for t in targets]
        return torch.stack([evidence.peaks() for evidence in seen]).amin(0).numpy()


def taken(
    net: nn.Module,
    layer: str,
    images: torch.Tensor,
    target: Target,
    size: tuple[int, int],
    look: Callable[[str], Evidence] | None = None,
) -> Evidence:
    with capture(net, layer, images) as captured:
        gradients = gradients_of(captured, target, SCORES)
        return Evidence(captured.activations, gradients, size, target, look)


def gradients_of(
    captured: Capture, target: Target, scores: Iterable[str]
) -> dict[str, torch.Tensor]:
    """∂score/∂A [N,C,h,w] of each of the scores named."""
    found = {}
    for name in scores:
        score = SCORES[name](captured.logits, target).sum()
        (gradient,) = torch.autograd.grad(score, captured.leaf, retain_graph=True)
        found[name] = gradient.detach()
    return found


def pixel_gradient(net: nn.Module, images: np.ndarray, target: Target) -> torch.Tensor:
    """∂y/∂image [N,3,H,W]: what a saliency map is made of."""
    leaf = torch.from_numpy(images).clone().requires_grad_()
    return torch.autograd.grad(_pick(net(leaf.clone()), target).sum(), leaf)[0]


def last_convolution(net: nn.Module) -> str:
    return [name for name, m in net.named_modules() if isinstance(m, nn.Conv2d)][-1]


def standardised(images: torch.Tensor) -> torch.Tensor:
    """Minus ImageNet's mean, by its standard deviation: once more than the images already are."""
    mean, std = (torch.tensor(v, dtype=images.dtype)[:, None, None] for v in (MEAN, STD))
    return (images - mean) / std


def stretched(images: torch.Tensor) -> torch.Tensor:
    low, high = (getattr(images, end)(dim=(1, 2, 3), keepdim=True) for end in ("amin", "amax"))
    return (images - low) / (high - low)


VIEWS: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "swapped_colours": lambda images: images.flip(1),
    "standardised_twice": standardised,
    "stretched": stretched,
    "over_255": lambda images: images / 255,
    "resized": lambda images: F.interpolate(images, size=(224, 224), mode="bilinear"),
}


def _pick(y: torch.Tensor, target: Target) -> torch.Tensor:
    return y[:, 1] - y[:, 0] if target == CONTRAST else y[:, int(target)]


def _other(y: torch.Tensor, target: Target, step: int = 1) -> torch.Tensor:
    if target == CONTRAST:
        return y[:, 0] - y[:, 1]
    return y[:, (int(target) + step) % y.shape[1]]


def _rest(y: torch.Tensor, target: Target) -> torch.Tensor:
    """The asked class against the mean of all others."""
    c = 1 if target == CONTRAST else int(target)
    return y[:, c] - (y.sum(1) - y[:, c]) / (y.shape[1] - 1)


def _rest_summed(y: torch.Tensor, target: Target) -> torch.Tensor:
    c = 1 if target == CONTRAST else int(target)
    return 2 * y[:, c] - y.sum(1)


def _winner(y: torch.Tensor, target: Target) -> torch.Tensor:
    """The predicted class; for the contrast, the winner of the two minus the other."""
    return (y[:, 1] - y[:, 0]).abs() if target == CONTRAST else y.max(1).values


SCORES: dict[str, Callable[[torch.Tensor, Target], torch.Tensor]] = {
    "score": _pick,
    "probability": lambda y, t: _pick(y.softmax(1), t),
    "log_probability": lambda y, t: _pick(y.log_softmax(1), t),
    "loss": lambda y, t: -_pick(y.log_softmax(1), t),
    "predicted_loss": lambda y, t: -y.log_softmax(1).max(1).values,
    "predicted_probability": lambda y, t: y.softmax(1).max(1).values,
    "sum": lambda y, t: y.sum(1),
    "pair": lambda y, t: y[:, 0] + y[:, 1],
    "predicted": _winner,
    "least": lambda y, t: y.min(1).values,
    "magnitude": lambda y, t: _pick(y, t).abs(),
    "other": _other,
    "previous": lambda y, t: _other(y, t, -1),
    "rest": _rest,
    "rest_summed": _rest_summed,
    "first": lambda y, t: y[:, 0],
    "second": lambda y, t: y[:, 1],
    "last": lambda y, t: y[:, -1],
    "ends": lambda y, t: y[:, -1] - y[:, 0],
}
