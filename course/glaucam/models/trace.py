"""Run one image through a network and write down which modules gave a map, and what feeds what."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.autograd.graph import get_gradient_edge
from torch.overrides import TorchFunctionMode

from glaucam.errors import ModelError
from glaucam.models.state import preserved


@dataclass(frozen=True)
class Step:
    """The last time a module ran: its dotted name, its map's channels, its place in the graph."""

    name: str
    module: nn.Module
    channels: int
    node: Any  # autograd node of the output

    @property
    def depth(self) -> int:
        return self.name.count(".")


@dataclass(frozen=True)
class Trace:
    """What one forward pass showed.

    ``steps``: the modules whose output is a map [1,C,h,w] that the logits depend on, by their last
    run. ``channels``: of the final feature map, whether or not a module gave it. ``image``,
    ``logits``: the two ends of the autograd graph.
    """

    steps: list[Step]
    channels: int
    image: Any
    logits: Any

    def is_whole(self, step: Step) -> bool:
        """Whether everything the logits know of the image passes through this step."""
        return self.image not in ancestors(self.logits, without=step.node)


class MapWatch(TorchFunctionMode):
    """Notes each map [1,C,h,w] that any function returns, modules or not."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[Any, int]] = []

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        output = func(*args, **(kwargs or {}))
        if is_map(output):
            self.seen.append((output.grad_fn, output.shape[1]))
        return output


def trace(model: nn.Module, image: torch.Tensor) -> Trace:
    """Run one image [1,3,H,W] in eval mode and restore the network.

    Raises ModelError where the output is not [1,classes].
    """
    ran: dict[str, Step] = {}
    with preserved(model), torch.inference_mode(False), torch.enable_grad(), ExitStack() as hooks:
        for name, module in model.named_modules():
            watch(name, module, ran, hooks)
        start = image.detach().clone().requires_grad_()
        with MapWatch() as maps:
            output = model(start.clone())  # a first layer may write into its input
    if not isinstance(output, torch.Tensor) or output.ndim != 2:
        raise ModelError(
            f"{type(model).__name__} gave {describe(output)}, expected raw logits [N,classes]: "
            "wrap it in a module that returns only them"
        )
    reached = ancestors(output.grad_fn)
    return Trace(
        steps=[step for step in ran.values() if step.node in reached],
        channels=next((c for node, c in reversed(maps.seen) if node in reached), 0),
        image=get_gradient_edge(start).node,
        logits=output.grad_fn,
    )


def watch(name: str, module: nn.Module, ran: dict[str, Step], hooks: ExitStack) -> None:
    """Note the module's map each time it runs, also where the network shut gradients off itself."""

    def before(*_: Any) -> None:
        torch.set_grad_enabled(True)

    def after(_module: nn.Module, _inputs: Any, output: Any) -> None:
        if name and is_map(output):
            ran.pop(name, None)
            ran[name] = Step(name, module, output.shape[1], output.grad_fn)

    hooks.callback(module.register_forward_pre_hook(before).remove)
    hooks.callback(module.register_forward_hook(after).remove)


def is_map(output: Any) -> bool:
    """Whether this is a tensor [N,C,h,w] with more than one place, and differentiable."""
    return (
        isinstance(output, torch.Tensor)
        and output.ndim == 4
        and output.shape[2] * output.shape[3] > 1
        and output.grad_fn is not None
    )


def describe(output: Any) -> str:
    """What a network or layer gave, for an error line."""
    if isinstance(output, torch.Tensor):
        return f"a tensor {list(output.shape)}"
    return f"a {type(output).__name__}"


def parents(node: Any) -> set[Any]:
    """The autograd nodes whose results feed ``node``."""
    return {parent for parent, _ in node.next_functions if parent is not None}


def ancestors(node: Any, without: Any = None) -> set[Any]:
    """``node`` and every autograd node its result depends on, but for paths through ``without``."""
    seen: set[Any] = set()
    waiting = [node] if node is not None and node is not without else []
    while waiting:
        current = waiting.pop()
        if current not in seen:
            seen.add(current)
            waiting.extend(parents(current) - seen - {without})
    return seen
