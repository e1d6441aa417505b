"""Numbers for the layers of a network that was told of: drawn ones, and those it has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import torch
from torch import nn

from glaucam.checks.a2_forms import RIGHT, outputs
from glaucam.checks.a2_layers import classified


def drawn_weights(told: Mapping[str, Any], generator: torch.Generator) -> dict[str, torch.Tensor]:
    """Numbers for every layer told of; norms with scales of both signs, so that order matters."""

    def noise(*shape: int) -> torch.Tensor:
        return torch.randn(*shape, generator=generator)

    weights: dict[str, torch.Tensor] = {}
    for fact in told["layers"]:
        role = fact["role"]
        if role.startswith("norm"):
            weights.update(_norm_weights(fact, noise))
            continue
        shape = fact["weight"]
        inputs = max(1, int(torch.tensor(shape[1:]).prod()))
        weights[f"{role}.weight"] = noise(*shape) * (2 / inputs) ** 0.5
        if fact["bias"]:
            weights[f"{role}.bias"] = 0.3 * noise(shape[0])
    return weights


def centred(
    told: Mapping[str, Any], weights: dict[str, torch.Tensor], images: torch.Tensor
) -> dict[str, torch.Tensor]:
    """The same weights with a head's bias for which logits of both signs come out."""
    heads = sorted(fact["role"] for fact in told["layers"] if fact["role"].startswith("head"))
    if not heads or f"{heads[-1]}.bias" not in weights:
        return weights
    try:
        middle = outputs(RIGHT, told, weights, images).median(dim=0).values
    except RuntimeError:  # layers that do not fit one another: no form will explain them
        return weights
    key = f"{heads[-1]}.bias"
    return {**weights, key: weights[key] - middle}


def _norm_weights(fact: Mapping[str, Any], noise: Any) -> Iterator[tuple[str, torch.Tensor]]:
    role, n = fact["role"], fact["features"]
    if fact["weight"] is not None:
        sign = torch.where(noise(n) < -0.5, -1.0, 1.0)
        yield f"{role}.weight", sign * (0.7 + 0.3 * noise(n).abs())
        yield f"{role}.bias", 0.3 * noise(n)
    if fact["tracks"]:
        yield f"{role}.running_mean", 0.3 * noise(n)
        yield f"{role}.running_var", 0.4 + noise(n).abs()


def plain(net: nn.Module) -> dict[str, torch.Tensor]:
    """A network's own numbers by role, as ``a2_layers.filled`` takes them."""
    found: dict[str, torch.Tensor] = {}
    for role, module in classified(net):
        for kind in ("weight", "bias", "running_mean", "running_var"):
            tensor = getattr(module, kind, None)
            if tensor is not None:
                found[f"{role}.{kind}"] = tensor.detach().clone()
    return found
