"""Run one image through a network and write down which modules gave a map, and what feeds what."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch
from torch import nn
from torch.autograd.graph import GradientEdge, get_gradient_edge

from glaucam.errors import ForwardError, ModelError
from glaucam.models.axes import AxisWatch
from glaucam.models.layout import ChannelsFirst, Tokens
from glaucam.models.state import preserved


@dataclass(frozen=True)
class Ran:
    """The last time a module ran and gave a tensor: its shape and its edge in the graph."""

    module: nn.Module
    shape: tuple[int, ...]
    edge: GradientEdge


@dataclass(frozen=True)
class Step:
    """A module that gave places: its dotted name, how its output holds them, with what channels.

    ``order``: its turn among the modules, by when their last run ended.
    """

    name: str
    order: int
    module: nn.Module
    layout: ChannelsFirst
    channels: int
    edge: GradientEdge

    @property
    def node(self) -> Any:
        """Autograd node of the output."""
        return self.edge.node

    @property
    def depth(self) -> int:
        return self.name.count(".")


@dataclass(frozen=True)
class Trace:
    """What one forward pass showed.

    ``steps``: the modules whose output is a map that the logits depend on, by their last run;
    ``token_steps``: the same for tokens. ``channels``: of the final feature map, whether or not a
    module gave it. ``layouts``: of all modules' outputs that hold places, by name. ``image``,
    ``output``: the two ends of the autograd graph, a node and the logits [1,classes]. ``network``:
    what it is called.
    """

    network: str
    steps: list[Step]
    token_steps: list[Step]
    channels: int
    layouts: dict[str, ChannelsFirst]
    image: Any
    output: torch.Tensor

    @property
    def logits(self) -> Any:
        """Autograd node of the logits."""
        return self.output.grad_fn

    def is_whole(self, step: Step) -> bool:
        """Whether everything the logits know of the image passes through this step."""
        return step.node in self._on_every_path

    @cached_property
    def _on_every_path(self) -> set[Any]:
        """The nodes through which all paths from the logits to the image go, by counting paths."""
        order = by_dependence(self.logits)
        ways_down = {node: int(node is self.logits) for node in order}
        for node in order:
            for parent in parents(node):
                ways_down[parent] += ways_down[node]
        ways_up = {node: int(node is self.image) for node in order}
        for node in reversed(order):
            ways_up[node] += sum(ways_up[parent] for parent in parents(node))
        return {node for node in order if ways_down[node] * ways_up[node] == ways_up[self.logits]}


def trace(model: nn.Module, image: torch.Tensor) -> Trace:
    """Run one image [1,3,H,W] in eval mode and restore the network.

    Raises ModelError where the output is not [1,classes], ForwardError where it cannot run.
    """
    ran: dict[str, Ran] = {}
    with preserved(model), torch.inference_mode(False), torch.enable_grad(), ExitStack() as hooks:
        for name, module in model.named_modules():
            watch(name, module, ran, hooks)
        start = image.detach().clone().requires_grad_()
        with AxisWatch((image.shape[2], image.shape[3])) as watched:
            output = run(model, start.clone())  # a first layer may write into its input
    if not isinstance(output, torch.Tensor) or output.ndim != 2:
        raise ModelError(
            f"{type(model).__name__} gave {describe(output)}, expected raw logits [N,classes]: "
            "wrap it in a module that returns only them"
        )
    reached = ancestors(output.grad_fn)
    steps = list(with_places(ran, watched))
    reaching = [step for step in steps if step.edge.node in reached]
    return Trace(
        network=type(model).__name__,
        steps=[step for step in reaching if not isinstance(step.layout, Tokens)],
        token_steps=[step for step in reaching if isinstance(step.layout, Tokens)],
        channels=final_channels(watched, reached),
        layouts={step.name: step.layout for step in steps},
        image=get_gradient_edge(start).node,
        output=output,
    )


def run(model: nn.Module, images: torch.Tensor) -> Any:
    """What the network gives; what torch says against it in one line."""
    try:
        return model(images)
    except ModelError:
        raise
    except (RuntimeError, AssertionError) as error:
        said = " ".join(str(error).split())[:200] or type(error).__name__
        raise ForwardError(
            f"{type(model).__name__} cannot run images of {list(images.shape[1:])} ({said}): give "
            "the size and channels it was built for"
        ) from error


def watch(name: str, module: nn.Module, ran: dict[str, Ran], hooks: ExitStack) -> None:
    """Note the module's output each time it runs, also where the network shut gradients off."""

    def before(*_: Any) -> None:
        torch.set_grad_enabled(True)

    def after(_module: nn.Module, _inputs: Any, output: Any) -> None:
        if name and isinstance(output, torch.Tensor) and output.grad_fn is not None:
            ran.pop(name, None)
            ran[name] = Ran(module, tuple(output.shape), get_gradient_edge(output))

    hooks.callback(module.register_forward_pre_hook(before).remove)
    hooks.callback(module.register_forward_hook(after).remove)


def with_places(ran: dict[str, Ran], watched: AxisWatch) -> Iterator[Step]:
    """The modules that gave more than one place, in the order they ran."""
    for order, (name, last) in enumerate(ran.items()):
        layout = watched.axes.layout(last.shape)
        if layout is not None and has_places(layout, last.shape):
            yield Step(name, order, last.module, layout, layout.channels(last.shape), last.edge)


def final_channels(watched: AxisWatch, reached: set[Any]) -> int:
    """Of the last map with more than one place that any function gave, modules or not."""
    for node, shape in reversed(watched.seen):
        layout = watched.axes.layout(shape)
        if node in reached and layout is not None and has_places(layout, shape):
            return layout.channels(shape)
    return 0


def has_places(layout: ChannelsFirst, shape: tuple[int, ...]) -> bool:
    height, width = layout.grid(shape)
    return height * width > 1


def describe(output: Any) -> str:
    """What a network or layer gave, for an error line."""
    if isinstance(output, torch.Tensor):
        return f"a tensor {list(output.shape)}"
    return f"a {type(output).__name__}"


def parents(node: Any) -> set[Any]:
    """The autograd nodes whose results feed ``node``."""
    return {parent for parent, _ in node.next_functions if parent is not None}


def ancestors(node: Any) -> set[Any]:
    """``node`` and every autograd node its result depends on."""
    return set(by_dependence(node)) if node is not None else set()


def by_dependence(node: Any) -> list[Any]:
    """``node`` and every autograd node its result depends on, each before what feeds it."""
    seen, finished = set(), []
    waiting = [(node, False)]
    while waiting:
        current, is_finished = waiting.pop()
        if is_finished:
            finished.append(current)
        elif current not in seen:
            seen.add(current)
            waiting.append((current, True))
            waiting.extend((parent, False) for parent in parents(current))
    return finished[::-1]
