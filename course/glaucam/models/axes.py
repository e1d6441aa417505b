"""What the functions of a run tell of the axes of its tensors: which is channels, which places.

A linear layer or layer norm works along the channels, so it tells that they are last; joining a
class token to the tokens tells where the places begin. No name is looked at.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isqrt, log
from typing import Any

import torch
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode

from glaucam.models.layout import ChannelsFirst, ChannelsLast, Tokens

ALONG_THE_LAST = {F.linear, F.layer_norm, torch.layer_norm, F.rms_norm}
JOINS = {torch.cat, torch.concat, torch.concatenate}
ASPECT = log(1.5)  # a grid of places has the image's aspect, but for rounding

Shape = tuple[int, ...]


@dataclass
class Axes:
    """Evidence on axes; ``image``: (H, W).

    ``channels_last``: shapes of tensors along whose last axis a function worked alone.
    ``joins``: of T tokens, (first, length) of each part they were joined from.
    ``maps``: shapes of all tensors with four axes.
    """

    image: tuple[int, int]
    channels_last: set[Shape] = field(default_factory=set)
    joins: dict[int, set[tuple[int, int]]] = field(default_factory=dict)
    maps: set[Shape] = field(default_factory=set)

    def layout(self, shape: Shape) -> ChannelsFirst | None:
        """How a tensor of this shape, for one image, holds places; None where it does not."""
        last = shape[0] == 1 and shape in self.channels_last
        if len(shape) == 4:
            return ChannelsLast() if last else ChannelsFirst()
        return self._tokens(shape[1]) if len(shape) == 3 and last else None

    def _tokens(self, count: int) -> Tokens | None:
        parts = [*sorted(self.joins.get(count, ()), key=lambda p: -p[1]), (0, count)]
        for grids in (self._seen_grids, self._grids_by_aspect):
            for first, length in parts:
                near = [g for g in grids(length) if self._strain(g) <= ASPECT]
                if near:
                    return Tokens(first, *min(near, key=self._strain), count)
        return None

    def _seen_grids(self, places: int) -> set[tuple[int, int]]:
        grids = {ChannelsLast().grid(s) for s in self.maps & self.channels_last}
        grids |= {ChannelsFirst().grid(s) for s in self.maps - self.channels_last}
        return {(h, w) for h, w in grids if h * w == places > 1}

    def _grids_by_aspect(self, places: int) -> set[tuple[int, int]]:
        sides = [n for n in range(1, isqrt(places) + 1) if places % n == 0]
        pairs = {(n, places // n) for n in sides} | {(places // n, n) for n in sides}
        return {pair for pair in pairs if min(pair) > 1}

    def _strain(self, grid: tuple[int, int]) -> float:
        """How far a grid's aspect is from the image's, as a logarithm."""
        return abs(log(grid[0] / grid[1]) - log(self.image[0] / self.image[1]))


class AxisWatch(TorchFunctionMode):
    """Notes, while a network runs, what its functions tell of axes, modules or not.

    ``seen``: autograd node and shape of each differentiable tensor with four axes, in order.
    """

    def __init__(self, image: tuple[int, int]) -> None:
        super().__init__()
        self.axes = Axes(image)
        self.seen: list[tuple[Any, Shape]] = []

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        output = func(*awake(func, args), **kwargs)
        if isinstance(output, torch.Tensor):
            self._note(func, args, kwargs, output)
        return output

    def _note(self, func: Any, args: Any, kwargs: Any, output: torch.Tensor) -> None:
        shape = tuple(output.shape)
        if len(shape) == 4:
            self.axes.maps.add(shape)
            if output.grad_fn is not None:
                self.seen.append((output.grad_fn, shape))
        if func in ALONG_THE_LAST and works_along_one_axis(func, args, kwargs):
            self.axes.channels_last |= {shape, tuple((args or [kwargs["input"]])[0].shape)}
        if func in JOINS and len(shape) == 3:
            self._note_join(args[0] if args else kwargs["tensors"], shape)

    def _note_join(self, parts: Any, shape: Shape) -> None:
        first = 0
        if sum(part.shape[1] for part in parts) == shape[1]:  # joined along the tokens
            for part in parts:
                self.axes.joins.setdefault(shape[1], set()).add((first, part.shape[1]))
                first += part.shape[1]


def works_along_one_axis(func: Any, args: Any, kwargs: Any) -> bool:
    """Whether a linear function or a norm acts on the last axis, and on no other."""
    if func is F.linear:
        return True
    shape = args[1] if len(args) > 1 else kwargs["normalized_shape"]
    return len(shape) == 1


def awake(func: Any, args: Any) -> Any:
    """The arguments, with other weights for a linear layer whose weights are all zero.

    Some networks start with such a head, and no gradient would lead back through it.
    """
    if func is not F.linear or len(args) < 2 or args[1].any():
        return args
    weights = torch.arange(args[1].numel(), device=args[1].device).cos().view_as(args[1])
    return (args[0], weights.to(args[1].dtype), *args[2:])
