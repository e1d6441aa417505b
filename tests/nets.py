"""Small networks for tests: random ones, and one for each thing that trips explanation methods.

Each ``Case`` knows its right target layer from how it was built, not from how it runs.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional as F


@dataclass(frozen=True)
class Case:
    net: nn.Module
    right: str  # dotted name of the outermost right target layer
    channels: int


def word(draw: random.Random) -> str:
    return "m_" + "".join(draw.choices("abcdefghijklmnopqrstuvwxyz", k=6))


class Residual(nn.Module):
    """Main path, then the 1×1 shortcut, run last, then the sum."""

    def __init__(self, draw: random.Random, inside: int, out: int) -> None:
        super().__init__()
        self.main, self.short = word(draw) + "a", word(draw) + "b"
        body = nn.Sequential(
            nn.Conv2d(inside, out, 3, padding=1), nn.BatchNorm2d(out), nn.ReLU(inplace=True)
        )
        self.add_module(self.main, nn.Sequential(body, nn.Conv2d(out, out, 3, padding=1)))
        self.add_module(self.short, nn.Conv2d(inside, out, 1))
        self.act = nn.ReLU(inplace=True)

    def forward(self, x):
        y = self.get_submodule(self.main)(x)
        return self.act(y + self.get_submodule(self.short)(x))


class SqueezeExcite(nn.Module):
    """3×3 convolution whose channels are weighted by two 1×1 convolutions on their means."""

    def __init__(self, draw: random.Random, inside: int, out: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inside, out, 3, padding=1)
        self.squeeze, self.excite = nn.Conv2d(out, 4, 1), nn.Conv2d(4, out, 1)

    def forward(self, x):
        x = F.silu(self.conv(x), inplace=True)
        s = F.adaptive_avg_pool2d(x, 1)
        return x * torch.sigmoid(self.excite(F.relu(self.squeeze(s))))


class Branches(nn.Module):
    """Two parallel convolutions, joined along the channels."""

    def __init__(self, draw: random.Random, inside: int, out: int) -> None:
        super().__init__()
        self.left = nn.Conv2d(inside, out // 2, 1)
        self.right = nn.Conv2d(inside, out - out // 2, 3, padding=1)

    def forward(self, x):
        return torch.cat([self.left(x), F.relu(self.right(x))], dim=1)


class Plain(nn.Sequential):
    def __init__(self, draw: random.Random, inside: int, out: int) -> None:
        super().__init__(
            nn.Conv2d(inside, out, 3, padding=1), nn.BatchNorm2d(out), nn.ReLU(inplace=True)
        )


BLOCKS = (Plain, Residual, SqueezeExcite, Branches)


class RandomNet(nn.Module):
    """Blocks of random kinds under random names; GAP, max or flatten head."""

    def __init__(self, seed: int, side: tuple[int, int], head: str) -> None:
        super().__init__()
        draw = random.Random(seed)
        self.names: list[str] = []
        channels = 3
        for _ in range(draw.randint(1, 4)):
            out = draw.choice((6, 8, 10, 12))
            block: nn.Module = draw.choice(BLOCKS)(draw, channels, out)
            self.inner = ""
            if draw.random() < 0.4:
                self.inner = word(draw)
                wrapped = nn.Sequential()
                wrapped.add_module(self.inner, block)
                block = wrapped
            self.names.append(word(draw) + str(len(self.names)))
            self.add_module(self.names[-1], block)
            channels = out
        self.channels, self.head = channels, head
        places = (side[0] // 4) * (side[1] // 4)
        self.add_module(
            word(draw) + "z", nn.Linear(channels * (places if head == "flat" else 1), 2)
        )
        self.linear = list(self._modules)[-1]

    def forward(self, x):
        x = F.avg_pool2d(x, 2)
        for name in self.names:
            x = self.get_submodule(name)(x)
        if self.head == "gap":
            v = x.mean(dim=(2, 3))
        elif self.head == "max":
            v = F.adaptive_max_pool2d(x, 1).flatten(1)
        else:
            v = F.max_pool2d(x, 2).flatten(1)
        return self.get_submodule(self.linear)(v)


HEADS = ("gap", "max", "flat")


def random_case(seed: int, side: tuple[int, int] = (24, 32)) -> Case:
    """A random network in a random state, its batch norms having seen something."""
    torch.manual_seed(seed)
    net = RandomNet(seed, side, HEADS[seed % 3])
    net(torch.randn(4, 3, *side))
    return Case(net.eval(), net.names[-1], net.channels)


class ReusedReLU(nn.Module):
    """One ReLU module after each of three convolutions: as a target it runs three times."""

    def __init__(self) -> None:
        super().__init__()
        self.one, self.two = nn.Conv2d(3, 8, 3, padding=1), nn.Conv2d(8, 8, 3, padding=1)
        self.three = nn.Conv2d(8, 8, 3, padding=1)
        self.relu = nn.ReLU(inplace=True)
        self.head = nn.Linear(8, 2)

    def forward(self, x):
        for conv in (self.one, self.two, self.three):
            x = self.relu(conv(x))
        return self.head(x.mean(dim=(2, 3)))


class RootSum(nn.Module):
    """Shortcut and main path meet between modules; only the ReLU after them sees both."""

    def __init__(self) -> None:
        super().__init__()
        self.stem, self.main = nn.Conv2d(3, 6, 3, padding=1), nn.Conv2d(6, 8, 3, padding=1)
        self.short, self.act, self.head = nn.Conv2d(6, 8, 1), nn.ReLU(), nn.Linear(8, 2)

    def forward(self, x):
        x = self.stem(x)
        return self.head(self.act(self.main(x) + self.short(x)).mean(dim=(2, 3)))


class RootAttention(nn.Module):
    """A spatial attention map multiplies the features between modules."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.ReLU())
        self.attention, self.head = nn.Conv2d(8, 1, 1), nn.Linear(8, 2)

    def forward(self, x):
        A = self.features(x)
        return self.head((A * torch.sigmoid(self.attention(A))).mean(dim=(2, 3)))


class OwnNoGrad(nn.Module):
    """A backbone that the network itself runs without gradients, as frozen ones often are."""

    def __init__(self) -> None:
        super().__init__()
        self.backbone = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(inplace=True))
        self.head = nn.Linear(8, 2)

    def forward(self, x):
        with torch.no_grad():
            A = self.backbone(x)
        return self.head(F.relu(A, inplace=True).mean(dim=(2, 3)))


class InPlaceAfter(nn.Module):
    """Like DenseNet: an in-place ReLU writes into what the features module returned."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8))
        self.head = nn.Linear(8, 2)

    def forward(self, x):
        A = self.features(x)
        return self.head(F.relu(A, inplace=True).mean(dim=(2, 3)))


class AttentionHead(nn.Module):
    """Convolutions, then tokens whose attention [N,heads,T,T] looks like a map and is none."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.ReLU())
        self.soft, self.head = nn.Softmax(dim=-1), nn.Linear(8, 2)

    def forward(self, x):
        t = self.features(x).flatten(2).transpose(1, 2)  # [N,T,8]
        t = t.unflatten(2, (2, 4)).transpose(1, 2)  # [N,2,T,4]
        t = self.soft(t @ t.transpose(2, 3)) @ t
        return self.head(t.transpose(1, 2).flatten(2).mean(dim=1))


def flat_sequential() -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(3, 8, 3, padding=1),
        nn.ReLU(inplace=True),
        nn.Conv2d(8, 8, 3, padding=1),
        nn.ReLU(inplace=True),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(8, 2),
    )


SPECIAL: dict[str, tuple[Callable[[], nn.Module], str, int]] = {
    "reused_relu": (ReusedReLU, "three", 8),
    "root_sum": (RootSum, "act", 8),
    "root_attention": (RootAttention, "features", 8),
    "own_no_grad": (OwnNoGrad, "backbone", 8),
    "in_place_after": (InPlaceAfter, "features", 8),
    "attention_head": (AttentionHead, "features", 8),
    "flat_sequential": (flat_sequential, "2", 8),
}


def special_case(name: str) -> Case:
    torch.manual_seed(3)
    build, right, channels = SPECIAL[name]
    return Case(build().eval(), right, channels)
