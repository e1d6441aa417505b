"""Leave a network as it was found, whatever happens in between."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn


@contextmanager
def preserved(model: nn.Module) -> Iterator[None]:
    """Run the block in eval mode; put back training flags, buffers and random state, also on error.

    Gradients and ``requires_grad`` are never touched by the code inside: it works on a leaf of its
    own (see methods/base). Hooks are removed by whoever sets them.
    """
    training = [(module, module.training) for module in model.modules()]
    buffers = [(module, dict(module._buffers)) for module, _ in training if module._buffers]
    tensors = [b for _, kept in buffers for b in kept.values() if b is not None]
    values = [(buffer, buffer.detach().clone()) for buffer in tensors]
    weights = [p for m, _ in training for p in m._parameters.values() if p is not None]
    devices = {p.device.index for p in weights if p.is_cuda}
    try:
        for module, flag in training:
            if flag:  # and not .eval(): a network may have given that work of its own
                module.training = False
        with torch.random.fork_rng(devices=sorted(d or 0 for d in devices)):
            yield
    finally:
        for module, flag in training:
            if module.training != flag:
                module.training = flag
        for module, kept in buffers:
            module._buffers.clear()
            module._buffers.update(kept)
        put_back(values)


@torch.no_grad()
def put_back(values: list[tuple[torch.Tensor, torch.Tensor]]) -> None:
    """Write each buffer's old value where it changed; the others keep their version counter.

    A graph that the caller built through the network before may still need them untouched.
    """
    for buffer, value in values:
        if not torch.equal(buffer, value):
            buffer.copy_(value)
