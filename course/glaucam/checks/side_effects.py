"""What the student's code left behind on a network."""

from __future__ import annotations

import torch
from torch import nn

from glaucam.checks.a3_misconceptions import known
from glaucam.checks.base import Mistake


def training_flags(net: nn.Module) -> list[bool]:
    """Train or eval, module by module."""
    return [module.training for module in net.modules()]


def has_hooks(net: nn.Module) -> bool:
    """Whether any hook of a forward or backward pass is left on the network."""
    kinds = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
    return any(getattr(module, kind) for module in net.modules() for kind in kinds)


def unchanged(net: nn.Module, before: dict[str, torch.Tensor], flags: list[bool]) -> None:
    moved = [k for k, value in net.state_dict().items() if not torch.equal(value, before[k])]
    if moved:
        raise Mistake(
            f"The network itself has changed ({moved[0]}): a forward pass in train mode moves "
            "BatchNorm's statistics, for everybody who uses the network afterwards.",
            "Run it in eval mode and put the flags back afterwards.",
            "no-eval",
        )
    if training_flags(net) != flags:
        raise known("mode-not-restored")
    if has_hooks(net):
        raise known("hooks-left-behind")
    if any(p.grad is not None for p in net.parameters()):
        raise known("backward-fills-grad")
