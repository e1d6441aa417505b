"""What a network of given layers computes: in the right form, and in the forms of known mistakes.

The layers' sizes are taken as they are found, so that a wrong size and a wrong form are two
findings.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import torch
from torch.nn import functional as F

TOLERANCE = 1e-3  # of logits near 1; float32 stays below 1e-5


@dataclass(frozen=True)
class Form:
    """One way to wire conv, norm, ReLU and pool, and what stands at the end.

    ``mistake``: its name, "" for the right form. ``block``: the order inside a block by initials
    (c n r p). ``last``: the order in the last block. ``active``: what stands for the ReLU.
    ``pool``: max, average or wide. ``gather``: how places become a vector. ``end``: what is done to
    the logits. ``norm``: what stands where BatchNorm is missing. ``times``: a factor on the images.
    """

    mistake: str = ""
    block: str = "cnrp"
    last: str = ""
    active: str = "relu"
    pool: str = "max"
    gather: str = "mean"
    end: str = ""
    norm: str = ""
    times: float = 1.0
    live: bool = False  # BatchNorm uses the batch in eval mode too


ACTIVE: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "relu": F.relu,
    "leaky": F.leaky_relu,
    "leaky .1": lambda A: F.leaky_relu(A, 0.1),
    "leaky .2": lambda A: F.leaky_relu(A, 0.2),
    "prelu": lambda A: F.leaky_relu(A, 0.25),
    "gelu": F.gelu,
    "silu": F.silu,
    "elu": F.elu,
    "relu6": F.relu6,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "softplus": F.softplus,
    "hardswish": F.hardswish,
}
POOLS: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "max": lambda A: F.max_pool2d(A, 2),
    "average": lambda A: F.avg_pool2d(A, 2),
    "wide": lambda A: F.max_pool2d(A, 3, 2),
    "wide padded": lambda A: F.max_pool2d(A, 3, 2, 1),
    "three": lambda A: F.max_pool2d(A, 3),
}
NORMS: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "layer": lambda A: F.group_norm(A, 1),
    "instance": F.instance_norm,
    **{f"group {n}": partial(F.group_norm, num_groups=n) for n in (2, 4, 8, 16, 32)},
}
RIGHT = Form()
FORMS = (
    RIGHT,
    Form("softmax-in-model", end="softmax"),
    Form("softmax-in-model", end="log_softmax"),
    Form("softmax-in-model", end="sigmoid"),
    Form("relu-on-logits", end="relu"),
    Form("order-in-block", block="crnp"),
    Form("order-in-block", block="cpnr"),
    Form("order-in-block", block="crpn"),
    Form("order-in-block", block="ncrp"),
    Form("no-relu", block="cnp"),
    Form("no-relu", last="cnp"),
    Form("no-norm", block="crp"),
    Form("no-norm", last="crp"),
    Form("pool-missing", last="cnr"),
    Form("pool-missing", block="cnr"),
    Form("average-pooled", pool="average"),
    *(Form("other-pool", pool=pool) for pool in ("wide", "wide padded", "three")),
    Form("global-maximum", gather="maximum"),
    Form("places-summed", gather="sum"),
    *(Form("other-activation", active=name) for name in ACTIVE if name != "relu"),
    *(Form("images-scaled-inside", times=factor) for factor in (1 / 255, 255.0)),
    *(Form("norm-missing", norm=name) for name in NORMS),
    Form("norm-never-settles", live=True),
)


def explains(form: Form, told: Mapping[str, Any], answer: torch.Tensor, *given: Any) -> bool:
    """Whether ``answer`` [N,K] is what the form gives for (weights, images, train)."""
    try:
        expected = outputs(form, told, *given)
    except RuntimeError:  # layers that do not fit one another this way
        return False
    return close(answer, expected)


def close(answer: torch.Tensor, expected: torch.Tensor) -> bool:
    if answer.shape != expected.shape or not torch.isfinite(answer).all():
        return False
    scale = float(expected.abs().max().clamp(min=1.0))
    return float((answer - expected).abs().max()) <= TOLERANCE * scale


def outputs(
    form: Form,
    told: Mapping[str, Any],
    weights: Mapping[str, torch.Tensor],
    images: torch.Tensor,
    train: bool = False,
) -> torch.Tensor:
    """What the layers told of compute in this form; images [N,3,H,W] → [N,K]."""
    layers = {fact["role"]: fact for fact in told["layers"]}
    convs = [role for role in layers if role.startswith("conv")]
    if form.norm and not _norm_lacks(layers, len(convs)):
        raise RuntimeError("every block has its BatchNorm: nothing stands in its place")
    A = images * form.times
    for number in range(1, len(convs) + 1):
        order = form.last if form.last and number == len(convs) else form.block
        for part in order:
            A = _part(part, form, layers, weights, A, number, train)
    return ended(form.end, _headed(form, layers, weights, A))


def _norm_lacks(layers: Mapping[str, Any], blocks: int) -> bool:
    return any(f"norm{number}" not in layers for number in range(1, blocks + 1))


def _part(
    part: str,
    form: Form,
    layers: Mapping[str, Any],
    weights: Mapping[str, torch.Tensor],
    A: torch.Tensor,
    number: int,
    train: bool,
) -> torch.Tensor:
    if part == "c":
        return _convolved(layers[f"conv{number}"], weights, A)
    if part == "n":
        if form.norm and f"norm{number}" not in layers:
            return NORMS[form.norm](A)
        return _normed(layers.get(f"norm{number}"), weights, A, train or form.live)
    return ACTIVE[form.active](A) if part == "r" else POOLS[form.pool](A)


def _convolved(
    fact: Mapping[str, Any], weights: Mapping[str, torch.Tensor], A: torch.Tensor
) -> torch.Tensor:
    role = fact["role"]
    return F.conv2d(
        A,
        weights[f"{role}.weight"],
        weights[f"{role}.bias"] if fact["bias"] else None,
        fact["stride"],
        fact["padding"],
        fact["dilation"],
        fact["groups"],
    )


def _normed(
    fact: Mapping[str, Any] | None,
    weights: Mapping[str, torch.Tensor],
    A: torch.Tensor,
    train: bool,
) -> torch.Tensor:
    """BatchNorm, or nothing where there is no such layer."""
    if fact is None:
        return A
    role = fact["role"]
    scale, shift = (weights.get(f"{role}.{kind}") for kind in ("weight", "bias"))
    if train:
        return F.batch_norm(A, None, None, scale, shift, True, eps=fact["eps"])
    if not fact["tracks"]:
        raise RuntimeError("this norm has kept no statistics to use in eval mode")
    mean, var = (weights[f"{role}.{kind}"] for kind in ("running_mean", "running_var"))
    return F.batch_norm(A, mean, var, scale, shift, eps=fact["eps"])


def _headed(
    form: Form, layers: Mapping[str, Any], weights: Mapping[str, torch.Tensor], A: torch.Tensor
) -> torch.Tensor:
    """From the final map to the class scores, through one linear layer or several."""
    heads = sorted(role for role in layers if role.startswith("head"))
    gathers: dict[str, Callable[..., torch.Tensor]] = {"maximum": torch.amax, "sum": torch.sum}
    gather = gathers.get(form.gather, torch.mean)
    x = gather(A, dim=(2, 3))
    if heads and layers[heads[0]]["weight"][1] != A.shape[1]:
        x = A.flatten(1)
    for i, role in enumerate(heads):
        bias = weights[f"{role}.bias"] if layers[role]["bias"] else None
        x = F.linear(F.relu(x) if i else x, weights[f"{role}.weight"].flatten(1), bias)
    return x


def ended(end: str, y: torch.Tensor) -> torch.Tensor:
    if end in ("softmax", "log_softmax"):
        return getattr(F, end)(y, dim=1)
    return getattr(torch, end)(y) if end else y


def gradients_of(
    form: Form,
    told: Mapping[str, Any],
    weights: Mapping[str, torch.Tensor],
    images: torch.Tensor,
    direction: torch.Tensor,
) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    """What train mode gives: outputs [N,K], and d(Σ direction·outputs) by every learnt tensor."""
    leaves = {k: v.clone().requires_grad_("running" not in k) for k, v in weights.items()}
    y = outputs(replace(form, live=False), told, leaves, images, train=True)
    asked = {k: v for k, v in leaves.items() if v.requires_grad}
    found = torch.autograd.grad((y * direction).sum(), list(asked.values()), allow_unused=True)
    return y.detach(), {k: g for k, g in zip(asked, found, strict=True) if g is not None}
