"""What all methods share: one forward pass, cut at the target layer.

The hook hands the rest of the network a leaf that holds the layer's output. The backbone before it
runs without a graph and the backward pass ends at the leaf, so an explanation costs little more
than an inference, and works on a frozen network.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import nn

from glaucam.errors import ModelError
from glaucam.models.state import preserved


class Method:
    """An explanation method: subclass, register, and write ``raw_map``."""

    name: ClassVar[str]
    title: ClassVar[str]
    paper: ClassVar[str]
    needs_gradients: ClassVar[bool]
    cost: ClassVar[str]

    def raw_map(self, activations: torch.Tensor, gradients: torch.Tensor) -> torch.Tensor:
        """Activations A and gradients ∂y/∂A, both [N,C,h,w] → signed raw maps [N,h,w]."""
        raise NotImplementedError


@dataclass(frozen=True)
class Capture:
    """One forward pass: the layer's activations [N,C,h,w] and the logits [N,K] that follow."""

    activations: torch.Tensor
    logits: torch.Tensor
    leaf: torch.Tensor

    def gradients(self, class_index: int) -> torch.Tensor:
        """∂y_c/∂A of every image, [N,C,h,w], float32.

        Images of a batch do not touch each other in eval mode, so the sum over the batch gives
        each its own gradient.
        """
        score = self.logits[:, class_index].sum()
        (gradient,) = torch.autograd.grad(score, self.leaf, retain_graph=True, allow_unused=True)
        return torch.zeros_like(self.activations) if gradient is None else gradient.float()


@contextmanager
def capture(model: nn.Module, target_layer: str, images: torch.Tensor) -> Iterator[Capture]:
    """Run ``images`` [N,3,H,W] through ``model``, cut at ``target_layer``; restore it afterwards.

    Raises ModelError where the layer gives no map [N,C,h,w], or the network no logits [N,K].
    """
    leaves: list[torch.Tensor] = []

    def cut(_module: nn.Module, _inputs: Any, output: Any) -> torch.Tensor:
        if not isinstance(output, torch.Tensor) or output.ndim != 4:
            raise ModelError(_no_map(target_layer, output))
        torch.set_grad_enabled(True)  # from here on; the context below sets it back
        leaf = output.detach().clone().requires_grad_()
        leaves.append(leaf)
        # A second clone: an in-place ReLU that follows may not write into a leaf.
        return leaf.clone()

    with preserved(model), torch.inference_mode(False), torch.no_grad():
        handle = model.get_submodule(target_layer).register_forward_hook(cut)
        try:
            logits = model(images.clone() if images.is_inference() else images)
        finally:
            handle.remove()
        if not leaves:
            raise ModelError(f"layer {target_layer!r} did not run: choose one the network uses")
        if not isinstance(logits, torch.Tensor) or logits.ndim != 2:
            raise ModelError(f"expected raw logits [N,classes], got {_shape(logits)}")
        yield Capture(leaves[-1].detach().float(), logits, leaves[-1])


def _no_map(name: str, output: Any) -> str:
    return (
        f"layer {name!r} gives {_shape(output)}, expected a map [N,C,h,w]: choose a layer before "
        "the pooling, or leave target_layer out"
    )


def _shape(output: Any) -> str:
    if isinstance(output, torch.Tensor):
        return f"a tensor {list(output.shape)}"
    return f"a {type(output).__name__}"
