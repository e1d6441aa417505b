"""What tests measure with: relative error, and everything about a network that must not change."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import nn


def relative_error(ours: torch.Tensor, theirs: torch.Tensor) -> float:
    """Largest difference ÷ largest magnitude expected, in float64."""
    ours, theirs = ours.detach().double(), theirs.detach().double()
    return float((ours - theirs).abs().max() / theirs.abs().max())


def correlation(ours: torch.Tensor, theirs: torch.Tensor) -> float:
    both = torch.stack([ours.double().flatten(), theirs.double().flatten()])
    return float(torch.corrcoef(both)[0, 1])


def snapshot(model: nn.Module) -> dict[str, Any]:
    """All of a network's state, and torch's own, in a form that ``==`` compares."""
    return {
        "training": {name: m.training for name, m in model.named_modules()},
        "requires_grad": {name: p.requires_grad for name, p in model.named_parameters()},
        "parameters": {name: exact(p) for name, p in model.named_parameters()},
        "gradients": {name: exact(p.grad) for name, p in model.named_parameters()},
        "buffers": {
            f"{module}.{name}": exact(b)
            for module, m in model.named_modules()
            for name, b in m._buffers.items()
        },
        "hooks": {
            name: (len(m._forward_hooks), len(m._forward_pre_hooks), len(m._backward_hooks))
            for name, m in model.named_modules()
        },
        "grad_mode": torch.is_grad_enabled(),
        "inference_mode": torch.is_inference_mode_enabled(),
        "random": torch.get_rng_state().tolist(),
        "numpy_random": [np.asarray(part).tolist() for part in np.random.get_state()],
    }


def exact(tensor: torch.Tensor | None) -> tuple[int, Any] | None:
    """Which tensor it is and what it holds."""
    return None if tensor is None else (id(tensor), tensor.detach().tolist())
