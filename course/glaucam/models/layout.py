"""How a layer's output holds its places: as a map, with the channels last, or as tokens."""

from __future__ import annotations

from dataclasses import dataclass

import torch


class ChannelsFirst:
    """[N,C,h,w]: a map already."""

    def as_map(self, output: torch.Tensor) -> torch.Tensor:
        """The output, or a gradient of its shape, as a map [N,C,h,w]."""
        return output

    def channels(self, shape: tuple[int, ...]) -> int:
        return shape[1]

    def grid(self, shape: tuple[int, ...]) -> tuple[int, int]:
        """(h, w) of an output of this shape."""
        return shape[2], shape[3]


class ChannelsLast(ChannelsFirst):
    """[N,h,w,C], as Swin and other networks of linear layers compute."""

    def as_map(self, output: torch.Tensor) -> torch.Tensor:
        return output.permute(0, 3, 1, 2)

    def channels(self, shape: tuple[int, ...]) -> int:
        return shape[3]

    def grid(self, shape: tuple[int, ...]) -> tuple[int, int]:
        return shape[1], shape[2]


@dataclass(frozen=True)
class Tokens(ChannelsFirst):
    """[N,T,C]: h·w places row by row, after ``first`` tokens that are no places (class, register).

    ``count``: T, which is more than first + h·w where such tokens come last.
    """

    first: int
    height: int
    width: int
    count: int

    def as_map(self, output: torch.Tensor) -> torch.Tensor:
        places = output[:, self.first : self.first + self.height * self.width]
        return places.transpose(1, 2).unflatten(2, (self.height, self.width))

    def channels(self, shape: tuple[int, ...]) -> int:
        return shape[2]

    def grid(self, shape: tuple[int, ...]) -> tuple[int, int]:
        return self.height, self.width

    @property
    def class_token(self) -> int | None:
        """The row of the token that is no place, if there is one."""
        if self.first:
            return 0
        return self.count - 1 if self.count > self.height * self.width else None
