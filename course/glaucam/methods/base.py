"""What all methods share: one forward pass, cut at the target layer.

The hook hands the rest of the network a leaf that holds the layer's output. The backbone before it
runs without a graph and the backward pass ends at the leaf, so an explanation costs little more
than an inference, and works on a frozen network.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

import torch
from torch import nn

from glaucam.errors import ModelError
from glaucam.methods.target import Target
from glaucam.models.layout import ChannelsFirst
from glaucam.models.state import preserved
from glaucam.models.target_layer import layouts, resolve_target_layer
from glaucam.models.trace import ancestors, describe


@dataclass(frozen=True)
class Look:
    """A network held in place while a batch is explained.

    ``logits``: [N,K]. ``target_layer``: dotted name, or "input". ``raw_map``: a target → its signed
    raw maps [N,h,w], at the resolution that the method has.
    """

    logits: torch.Tensor
    target_layer: str
    raw_map: Callable[[Target], torch.Tensor]


class Method:
    """An explanation method: subclass, register, and write ``raw_map``.

    A method that reads something other than activations and gradients overrides ``look_at``.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    paper: ClassVar[str]
    needs_gradients: ClassVar[bool]
    cost: ClassVar[str]

    def raw_map(self, activations: torch.Tensor, gradients: torch.Tensor) -> torch.Tensor:
        """Activations A and gradients ∂y/∂A, both [N,C,h,w] → signed raw maps [N,h,w]."""
        raise NotImplementedError

    @contextmanager
    def look_at(
        self, model: nn.Module, images: torch.Tensor, target_layer: str | None = None
    ) -> Iterator[Look]:
        """Run ``images`` [N,3,H,W] once; while the block lasts, any target's raw maps can be had.

        The gradient of a difference is the difference of the gradients: a contrast costs no pass
        of its own. The network is afterwards as it was, also when the block raises.
        """
        layer = resolve_target_layer(model, images, target_layer)
        with capture(model, layer, images) as captured:
            gradients = cache(captured.gradients)
            yield Look(
                captured.logits,
                layer,
                lambda target: self.raw_map(captured.activations, target.combined(gradients)),
            )


@dataclass(frozen=True)
class Capture:
    """One forward pass: the layer's activations [N,C,h,w] and the logits [N,K] that follow.

    ``leaf``: the layer's output in the network's own shape, which ``layout`` makes a map.
    """

    activations: torch.Tensor
    logits: torch.Tensor
    leaf: torch.Tensor
    layout: ChannelsFirst

    def gradients(self, class_index: int) -> torch.Tensor:
        """∂y_c/∂A of every image, [N,C,h,w], float32.

        Images of a batch do not touch each other in eval mode, so the sum over the batch gives
        each its own gradient.
        """
        score = self.logits[:, class_index].sum()
        (gradient,) = torch.autograd.grad(score, self.leaf, retain_graph=True, allow_unused=True)
        if gradient is None:
            return torch.zeros_like(self.activations)
        return self.layout.as_map(gradient).float()


@contextmanager
def capture(model: nn.Module, target_layer: str, images: torch.Tensor) -> Iterator[Capture]:
    """Run ``images`` [N,3,H,W] through ``model``, cut at ``target_layer``; restore it afterwards.

    Raises ModelError where the layer gives no map [N,C,h,w], nor what can be laid out as one, or
    the network no logits [N,K].
    """
    layout = layouts(model, images).get(target_layer)
    cuts: list[Cut] = []

    def cut(_module: nn.Module, _inputs: Any, output: Any) -> torch.Tensor:
        if not isinstance(output, torch.Tensor) or (layout is None and output.ndim != 4):
            raise ModelError(
                f"layer {target_layer!r} gives {describe(output)}, expected a map [N,C,h,w]: "
                "choose a layer before the pooling, or leave target_layer out"
            )
        torch.set_grad_enabled(True)  # from here on; the context below sets it back
        cuts.append(Cut(output))
        return cuts[-1].handed_on

    with preserved(model), torch.inference_mode(False), torch.no_grad():
        handle = model.get_submodule(target_layer).register_forward_hook(cut)
        try:
            logits = model(images.clone())  # a first layer may write into its input
            if cuts and not cuts[-1].reaches(logits):
                # A network that shuts gradients off around its own backbone did so past the cut.
                with torch.enable_grad():
                    logits = model(images.clone())
        finally:
            handle.remove()
        if not isinstance(logits, torch.Tensor) or logits.ndim != 2:
            raise ModelError(f"expected raw logits [N,classes], got {describe(logits)}")
        if not cuts or not cuts[-1].reaches(logits):
            raise ModelError(
                f"the logits do not depend on layer {target_layer!r}: choose one that they do, or "
                "leave target_layer out"
            )
        leaf = cuts[-1].leaf
        with torch.enable_grad():
            layout = layout or ChannelsFirst()
            yield Capture(layout.as_map(leaf.detach()).float(), logits, leaf, layout)


class Cut:
    """A leaf with a layer's output, and what the rest of the network is handed for it."""

    def __init__(self, output: torch.Tensor) -> None:
        # The first clone keeps later in-place writes off the leaf's values; the second is there
        # because an in-place ReLU that follows may not write into a leaf.
        self.leaf = output.detach().clone().requires_grad_()
        self.handed_on = self.leaf.clone()
        self._node = self.handed_on.grad_fn

    def reaches(self, logits: Any) -> bool:
        """Whether the logits' graph leads back to this leaf."""
        return isinstance(logits, torch.Tensor) and self._node in ancestors(logits.grad_fn)
