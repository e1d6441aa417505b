"""Small networks with the awkward features of big ones, for checks that take milliseconds."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import torch
from torch import nn
from torch.nn import functional as F

Net = TypeVar("Net", bound=nn.Module)


def seeded(build: Callable[[], Net], seed: int = 0) -> Net:
    """Build with weights that depend on ``seed`` alone; no random state outside moves."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return stirred(build()).eval()


def stirred(net: Net) -> Net:
    """Give BatchNorm statistics and scales, so that train and eval mode differ."""
    with torch.no_grad():
        for module in net.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.running_mean.normal_(0, 0.3)  # type: ignore[union-attr, operator]
                module.running_var.uniform_(0.3, 1.5)  # type: ignore[union-attr, operator]
                module.weight.uniform_(0.5, 1.5)
                module.bias.normal_(0, 0.5)
    return net


def convolutions(*widths: int) -> nn.Sequential:
    """Conv, BatchNorm, ReLU for each step, halving the map; the last without ReLU."""
    layers: list[nn.Module] = []
    for before, after in zip((3, *widths), widths, strict=False):
        layers += [nn.Conv2d(before, after, 3, stride=2, padding=1), nn.BatchNorm2d(after)]
        layers += [nn.ReLU()]
    return nn.Sequential(*layers[:-1])


class PositionNet(nn.Module):
    """A head that keeps position (pool to 3×2, flatten), so ∂y/∂A differs from place to place.

    The target is ``features``; an in-place ReLU follows it where ``in_place`` is set.
    """

    def __init__(self, in_place: bool = False) -> None:
        super().__init__()
        self.features = convolutions(6, 8)
        self.in_place = in_place
        self.head = nn.Linear(8 * 6, 2)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        A = F.relu(self.features(images), inplace=self.in_place)
        return self.head(F.adaptive_avg_pool2d(A, (3, 2)).flatten(1))


def position_net(in_place: bool = False) -> PositionNet:
    """With weights for which raw maps of both classes, and their contrast, hold both signs."""
    return seeded(lambda: PositionNet(in_place), seed=3)


class AverageNet(nn.Module):
    """Global average pooling and one linear layer; ``features`` ends in a ReLU, so A ≥ 0."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(*convolutions(6, 8), nn.ReLU())
        self.head = nn.Linear(8, 2)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.head(self.features(images).mean(dim=(2, 3)))


def all_negative_net() -> AverageNet:
    """Class 1 has only negative weights: its raw map is negative everywhere, and rightly so."""
    net = seeded(AverageNet)
    with torch.no_grad():
        net.head.weight[1] = -net.head.weight[1].abs() - 0.1
    return net


def faint_net(by: float = 1e-5) -> PositionNet:
    """The same evidence, ``by`` times as strong: a heatmap must not notice."""
    net = position_net()
    with torch.no_grad():
        net.head.weight *= by
    return net


class BackwardsNet(nn.Module):
    """Declares its layers in another order than it runs them, under names that say nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.out = nn.Linear(12, 2)
        self.q7 = nn.Sequential(nn.Conv2d(8, 12, 3, padding=1), nn.BatchNorm2d(12), nn.ReLU())
        self.a = nn.Conv2d(3, 8, 3, stride=4)
        self.squash = nn.AdaptiveAvgPool2d(1)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.out(self.squash(self.q7(F.relu(self.a(images)))).flatten(1))


class ResidualNet(nn.Module):
    """Its last block narrows, computes and widens: the layers inside hold fewer channels."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 16, 7, stride=8)
        self.blocks = nn.ModuleList([Bottleneck(16, 4) for _ in range(3)])
        self.head = nn.Linear(16, 2)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        A = self.stem(images)
        for block in self.blocks:
            A = block(A)
        return self.head(A.mean(dim=(2, 3)))


class Bottleneck(nn.Module):
    """A + widen(ReLU(narrow(A)))."""

    def __init__(self, wide: int, narrow: int) -> None:
        super().__init__()
        self.narrow = nn.Conv2d(wide, narrow, 1)
        self.widen = nn.Conv2d(narrow, wide, 3, padding=1)

    def forward(self, A: torch.Tensor) -> torch.Tensor:
        return A + self.widen(F.relu(self.narrow(A)))


class SideBranchNet(nn.Module):
    """Runs a further convolution after the last one that counts; nobody uses its result."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(convolutions(8, 10), nn.ReLU())
        self.spare = nn.Conv2d(10, 10, 3, padding=1)
        self.head = nn.Linear(10, 2)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        A = self.body(images)
        y = self.head(A.mean(dim=(2, 3)))
        self.spare(A.detach())
        return y
