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
    buffers = [
        (module, name, buffer, buffer.detach().clone())
        for module in model.modules()
        for name, buffer in module.named_buffers(recurse=False)
    ]
    devices = {p.device.index for p in model.parameters() if p.device.type == "cuda"}
    model.eval()
    try:
        with torch.random.fork_rng(devices=sorted(d or 0 for d in devices)):
            yield
    finally:
        for module, flag in training:
            module.training = flag
        with torch.no_grad():
            for module, name, buffer, value in buffers:
                buffer.copy_(value)
                module._buffers[name] = buffer
