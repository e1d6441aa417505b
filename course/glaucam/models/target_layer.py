"""Which layer to explain: found by running the network once and following its data flow.

A module qualifies when its output is a map [N,C,h,w] with the channel count of the final feature
map, when the logits depend on it, and when no later convolution over a map stands between the two.
No name is looked at, so a network nobody has seen resolves like a famous one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import torch
from torch import nn
from torch.utils.hooks import RemovableHandle

from glaucam.errors import ModelError, UnknownName
from glaucam.models.state import preserved
from glaucam.registry import unknown

CONVOLUTIONS = (nn.Conv2d, nn.ConvTranspose2d)


@dataclass(frozen=True)
class Step:
    """The last time a module ran: its dotted name, the shape of its map, its place in the graph."""

    name: str
    module: nn.Module
    channels: int
    node: Any  # autograd node of the output

    @property
    def depth(self) -> int:
        return self.name.count(".")


def resolve_target_layer(model: nn.Module, images: torch.Tensor, name: str | None = None) -> str:
    """The dotted name of the layer to explain: ``name`` if it is there, else the outermost.

    ``images``: [N,3,H,W] as the network expects them; one is run, once per network and size.
    Raises UnknownName for a name that is not there, ModelError where no layer qualifies.
    """
    if name is not None:
        known = dict(model.named_modules())
        if name not in known or not name:
            raise UnknownName(unknown("layer", name, [n for n in known if n]))
        return name
    key = (tuple(images.shape[1:]), tuple(type(m) for m in model.modules()))
    remembered = _RESOLVED.setdefault(model, {})
    if key not in remembered:
        remembered[key] = _outermost(target_layer_steps(model, images)).name
    return remembered[key]


_RESOLVED: WeakKeyDictionary[nn.Module, dict[Any, str]] = WeakKeyDictionary()


def target_layers(model: nn.Module, images: torch.Tensor) -> list[str]:
    """Dotted names of every module that is a right target layer, in the order they ran."""
    return [step.name for step in target_layer_steps(model, images)]


def _outermost(steps: list[Step]) -> Step:
    """The shallowest module that holds a convolution; the shallowest of all where none does."""
    holds = [s for s in steps if any(isinstance(m, CONVOLUTIONS) for m in s.module.modules())]
    return min(holds or steps, key=lambda step: step.depth)


def target_layer_steps(model: nn.Module, images: torch.Tensor) -> list[Step]:
    """Trace one image and keep the steps that qualify (see the module's docstring)."""
    steps, output = trace(model, images[:1])
    reached = ancestors(output.grad_fn)
    steps = [step for step in steps if step.node in reached]
    if not steps:
        raise ModelError(
            f"no layer of {type(model).__name__} gives a map [N,C,h,w] that the logits depend on: "
            "Grad-CAM needs a convolutional layer; name one with target_layer='…'"
        )
    channels = steps[-1].channels
    later = set().union(
        *(parents(s.node) for s in steps if isinstance(s.module, CONVOLUTIONS)), set()
    )
    before_a_convolution = set().union(*(ancestors(node) for node in later), set())
    return [s for s in steps if s.channels == channels and s.node not in before_a_convolution]


def trace(model: nn.Module, image: torch.Tensor) -> tuple[list[Step], torch.Tensor]:
    """Run one image [1,3,H,W]; return the map-producing modules in order of their last run."""
    ran: dict[str, Step] = {}
    handles: list[RemovableHandle] = []

    def watch(name: str, module: nn.Module) -> RemovableHandle:
        def note(_module: nn.Module, _inputs: Any, output: Any) -> None:
            if isinstance(output, torch.Tensor) and output.ndim == 4 and _is_map(output):
                ran.pop(name, None)
                ran[name] = Step(name, module, output.shape[1], output.grad_fn)

        return module.register_forward_hook(note)

    with preserved(model), torch.inference_mode(False), torch.enable_grad():
        try:
            handles += [watch(n, m) for n, m in model.named_modules() if n]
            output = model(image.detach().clone().requires_grad_())
        finally:
            for handle in handles:
                handle.remove()
    if not isinstance(output, torch.Tensor) or output.ndim != 2:
        came = tuple(output.shape) if isinstance(output, torch.Tensor) else type(output).__name__
        raise ModelError(
            f"{type(model).__name__} gave {came}, expected raw logits [N,classes]: "
            "wrap it in a module that returns only them"
        )
    return list(ran.values()), output


def _is_map(output: torch.Tensor) -> bool:
    return output.shape[2] * output.shape[3] > 1 and output.grad_fn is not None


def parents(node: Any) -> set[Any]:
    """The autograd nodes whose results feed ``node``."""
    return {parent for parent, _ in node.next_functions if parent is not None}


def ancestors(node: Any) -> set[Any]:
    """``node`` and every autograd node its result depends on."""
    seen: set[Any] = set()
    waiting = [node] if node is not None else []
    while waiting:
        current = waiting.pop()
        if current not in seen:
            seen.add(current)
            waiting.extend(parents(current) - seen)
    return seen
