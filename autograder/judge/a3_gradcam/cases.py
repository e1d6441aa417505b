"""Cases of a3's secret: networks with random names and images, drawn until they say enough."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import torch
from scipy import ndimage
from torch import nn

from autograder.judge.a3_gradcam.evidence import Evidence, Target, gather, least_peaks
from autograder.judge.a3_gradcam.nets import build_net, set_weights

UNDECIDED = 8.0  # logits: beyond, a softmax is so sure that its gradient is rounding noise
# fmt: off
SYLLABLES = [
    "ka", "lo", "mi", "ne", "ru", "ta", "vo", "shi", "zu", "pe", "gra", "tin", "bel", "dor", "fum",
]
# fmt: on
DRAWS = 200
BRIGHT = (
    0.03  # the least maximum of a raw map, so that a small eps costs only where it is asked for
)


@dataclass(frozen=True)
class Case:
    """A secret network with weights, the layer to explain, images [N,3,H,W], and a target."""

    description: dict[str, Any]
    weights: dict[str, np.ndarray]
    layer: str
    images: np.ndarray
    target: Target
    kept: dict[tuple[tuple[int, ...], Target], Evidence] = field(
        default_factory=dict, compare=False, repr=False
    )

    @cached_property
    def net(self) -> nn.Module:
        return set_weights(build_net(self.description), self.weights)

    @cached_property
    def evidence(self) -> Evidence:
        return self.evidence_of(range(len(self.images)))

    def evidence_of(self, rows: Sequence[int], target: Target | None = None) -> Evidence:
        """The same for some rows of the images, in that order."""
        asked = self.target if target is None else target
        key = (tuple(rows), asked)
        if key not in self.kept:
            found = gather(self.net, self.layer, self.images[list(rows)], asked)
            self.kept[key] = replace(found, case=self, rows=tuple(rows))
        return self.kept[key]

    def widest_gap(self) -> float:
        """The largest distance between two logits of an image."""
        with torch.no_grad():
            y = self.net(torch.from_numpy(self.images))
        return float((y.amax(1) - y.amin(1)).max())

    def args(self, **more: Any) -> dict[str, Any]:
        return {"net": self.description, "layer": self.layer, **more}

    @property
    def arrays(self) -> dict[str, np.ndarray]:
        return {**self.weights, "images": self.images}


def scaled_head(case: Case, factor: float) -> Case:
    """The same case with its last layer scaled: raw maps and logits grow by the factor."""
    head = case.description["places"][2]
    weights = {
        k: v * np.float32(factor) if f"{head}.out" in k else v for k, v in case.weights.items()
    }
    return Case(case.description, weights, case.layer, case.images, case.target)


Choice = Callable[[Case, np.ndarray], Sequence[int] | None]


def all_of_them(case: Case, peaks: np.ndarray) -> Sequence[int] | None:
    """Every image, where all have evidence."""
    return range(len(peaks)) if peaks.all() else None


def one_each(case: Case, peaks: np.ndarray) -> Sequence[int] | None:
    """The first image with evidence that is decided for class 0, and the first for class 1."""
    with torch.no_grad():
        y = case.net(torch.from_numpy(case.images)).numpy()
    rows = [np.flatnonzero((peaks > 0) & ((y[:, 1] > y[:, 0]) == side)) for side in (False, True)]
    return sorted(int(found[0]) for found in rows) if all(map(len, rows)) else None


class Draw:
    """Draws names, networks and images from one generator."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.used: set[str] = set()

    def name(self) -> str:
        """A word no one has used yet in this draw."""
        while True:
            word = "".join(self.rng.choice(SYLLABLES, 2)) + str(self.rng.integers(100))
            if word not in self.used:
                self.used.add(word)
                return word

    def pick(self, options: Sequence[Any]) -> Any:
        return options[int(self.rng.integers(len(options)))]

    def stage(self, channels: int, **fixed: Any) -> dict[str, Any]:
        drawn = {
            "name": self.name(),
            "names": [self.name() for _ in range(3)],
            "block_names": [self.name() for _ in range(3)],
            "kind": self.pick(["plain", "plain", "residual", "excited"]),
            "channels": channels,
            "norm": self.pick(["batch", "group", "none"]),
            "activation": self.pick(["relu", "relu_inplace", "silu", "leaky", "elu"]),
            "down": self.pick(["max", "average"]),
        }
        return {**drawn, **fixed}

    def description(
        self, head: str, after: str = "", classes: int = 3, depth: int = 3, **last: Any
    ) -> dict[str, Any]:
        """A network of ``depth`` stages; ``last`` fixes properties of the last stage."""
        widths = [2 * int(w) for w in self.rng.integers(3, 6, depth)]
        stages = [self.stage(w) for w in widths[:-1]]
        stages.append(self.stage(**{"channels": widths[-1] + 2, "down": "none", **last}))
        return {
            "stages": stages,
            "places": [self.name() for _ in range(3)],
            "after": after,
            "head": {"kind": head, "hidden": 12, "classes": classes},
        }

    def images(self, count: int, height: int, width: int) -> np.ndarray:
        """Smooth coloured blobs, about standard normal: [count,3,height,width] float32."""
        noise = self.rng.normal(size=(count, 3, height, width))
        smooth = ndimage.gaussian_filter(noise, (0, 0, 3, 3))
        smooth /= smooth.std(axis=(2, 3), keepdims=True)
        return (smooth + 0.3 * noise).astype(np.float32)

    def weights(self, description: dict[str, Any]) -> dict[str, np.ndarray]:
        """Weights as at the start of training, statistics as after some, logits well apart."""
        torch.manual_seed(int(self.rng.integers(2**31)))
        net = build_net(description)
        for module in net.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.running_mean.normal_(0, 0.3)
                module.running_var.uniform_(0.5, 2)
                nn.init.uniform_(module.weight, 0.7, 1.5)
                nn.init.normal_(module.bias, 0, 0.3)
        with torch.no_grad():
            for module in net.modules():
                if isinstance(module, nn.Linear):
                    module.weight.mul_(6)
        return {f"net/{k}": v.detach().numpy().copy() for k, v in net.state_dict().items()}

    def case(
        self,
        head: str,
        target: Target,
        count: int = 1,
        size: tuple[int, int] = (48, 48),
        also: Sequence[Target] = (),
        choose: Choice = all_of_them,
        **more: Any,
    ) -> Case:
        """A case with evidence for and against the target in every image, with margin.

        ``count``: how many images are drawn, of which ``choose`` takes those to keep. ``also``:
        other targets that there must be as much evidence for.
        """
        targets = (target, *also)
        for _ in range(DRAWS):
            description = self.description(head, **more)
            images, weights = self.images(count, *size), self.weights(description)
            layer = description["places"][0]
            case = Case(description, weights, layer, images, target)
            peaks = least_peaks(case.net, layer, images, targets)
            if (rows := choose(case, peaks)) is not None:
                kept = Case(description, weights, layer, images[rows], target)
                bright = scaled_head(kept, BRIGHT / float(peaks[rows].min()))
                if bright.widest_gap() < UNDECIDED:
                    return bright
        raise RuntimeError(f"no network with a {head} head has evidence on both sides")
