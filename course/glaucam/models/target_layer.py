"""Which layer to explain: found by running the network once and following its data flow.

A module qualifies when its output is a map [N,C,h,w] with the channel count of the final feature
map, when the logits depend on it, and when no later convolution over a map stands between the two.
A network that goes on with tokens is explained at its last layer of them (see token_layer).
No name is looked at, so a network nobody has seen resolves like a famous one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import torch
from torch import nn

from glaucam.errors import ForwardError, ModelError, UnknownName
from glaucam.models.layout import ChannelsFirst, ChannelsLast
from glaucam.models.token_layer import last_token_layer
from glaucam.models.trace import Step, Trace, ancestors, parents, trace
from glaucam.registry import unknown

CONVOLUTIONS = (nn.Conv2d, nn.ConvTranspose2d)


@dataclass(frozen=True)
class Found:
    """What is remembered of a network.

    ``layer``: to explain, None where there is none; ``why_none`` then says why. ``layouts``: how
    its layers hold places, by dotted name.
    """

    layer: str | None
    why_none: str
    layouts: dict[str, ChannelsFirst]


_FOUND: WeakKeyDictionary[nn.Module, dict[Any, Found]] = WeakKeyDictionary()


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
    seen = found(model, images)
    if seen.layer is None:
        raise ModelError(seen.why_none)
    return seen.layer


def target_layers(model: nn.Module, images: torch.Tensor) -> list[str]:
    """Dotted names of every module that is a right target layer, in the order they ran.

    Of a network that explains its tokens, the one layer of tokens.
    """
    ran = trace(model, images[:1])
    chosen = chosen_step(ran)
    right = [step.name for step in qualifying(ran)]
    return right if chosen.name in right else [chosen.name]


def layouts(model: nn.Module, images: torch.Tensor) -> dict[str, ChannelsFirst]:
    """How each layer's output holds places, by dotted name, for images of this size.

    Empty for a network whose output is no logits: whoever runs it says so in its own words.
    """
    try:
        return found(model, images).layouts
    except ForwardError:
        raise
    except ModelError:
        return {}


def found(model: nn.Module, images: torch.Tensor) -> Found:
    """Run the first image, once per network and size, and remember what it showed."""
    key = (tuple(images.shape[1:]), tuple((n, type(m)) for n, m in model.named_modules()))
    remembered = _FOUND.setdefault(model, {})
    if key not in remembered:
        ran = trace(model, images[:1])
        remembered[key] = Found(*chosen_name(ran), ran.layouts)
    return remembered[key]


def chosen_name(ran: Trace) -> tuple[str | None, str]:
    """The name of the layer to explain, or None and why: the error is for who asks for a layer."""
    try:
        return chosen_step(ran).name, ""
    except ModelError as error:
        return None, str(error)


def chosen_step(ran: Trace) -> Step:
    """The outermost right layer; where tokens come after it, the last of them that counts.

    Raises ModelError where no module gives a map or tokens that the logits depend on.
    """
    right = qualifying(ran)
    chosen = last_token_layer(ran, outermost(ran, right) if right else None)
    if chosen is None:
        raise ModelError(
            f"no layer of {ran.network} gives a map [N,C,h,w] that the logits depend on: "
            "Grad-CAM needs a convolutional layer, and images large enough to leave it a map"
        )
    return chosen


def qualifying(ran: Trace) -> list[Step]:
    """The steps that are right target layers (see the module's docstring).

    Where no module gives the final feature map (branches joined, or attention applied, between
    modules), the last maps that all evidence passes through stand in for it.
    """
    right = [s for s in after_convolutions(ran.steps) if s.channels == ran.channels]
    if right and isinstance(right[-1].layout, ChannelsLast):  # there, linear layers are 1×1 ones
        return [s for s in after_convolutions(ran.steps, nn.Linear) if s in right]
    if right:
        return right
    last = after_convolutions([s for s in ran.steps if ran.is_whole(s)] or ran.steps)
    return [s for s in last if s.channels == last[-1].channels]


def after_convolutions(steps: Sequence[Step], *also: type[nn.Module]) -> list[Step]:
    """The steps that no convolution, nor module of the types ``also``, comes after."""
    fed: set[Any] = set()
    for step in steps:
        if isinstance(step.module, (*CONVOLUTIONS, *also)):
            fed |= parents(step.node)
    before: set[Any] = set().union(*(ancestors(node) for node in fed))
    return [s for s in steps if s.node not in before]


def outermost(ran: Trace, steps: Sequence[Step]) -> Step:
    """The shallowest of the steps that hold all evidence and a convolution, where there are any."""
    chosen = [s for s in steps if ran.is_whole(s)] or list(steps)
    holds = [s for s in chosen if any(isinstance(m, CONVOLUTIONS) for m in s.module.modules())]
    return min(holds or chosen, key=lambda step: step.depth)
