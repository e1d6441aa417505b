"""The secret inputs of a3: networks with random names, and images, drawn from one seed.

A draw is kept only when it tells every known mistake from the right formula; the reference alone
decides, so the draw is the same for everyone and for ever.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import torch
from scipy import ndimage
from torch import nn

from autograder.judge.a3_gradcam.evidence import CONTRAST, Evidence, Target, gather, least_peaks
from autograder.judge.a3_gradcam.formulas import tells_apart
from autograder.judge.a3_gradcam.nets import build_net, set_weights
from glaucam.models.target_layer import target_layers

UNDECIDED = 8.0  # logits: beyond, a softmax is so sure that its gradient is rounding noise
# fmt: off
SYLLABLES = [
    "ka", "lo", "mi", "ne", "ru", "ta", "vo", "shi", "zu", "pe", "gra", "tin", "bel", "dor", "fum",
]
# fmt: on
NAMED = ("resnet18", "densenet121", "efficientnet_b0", "vgg16", "retinal_cnn")
DRAWS = 200
MANY = 16  # images to choose two from: so that few networks are thrown away
# A guard of 1e-8 beside the divisor is no mistake, also where channels are averaged, not summed
# (4 × 1e-8 / 6e-5 < TOLERANCE); one of 1e-7 is (1e-7 / 6e-5 > TOLERANCE).
FAINT, FAINT_CHANNELS = 6e-5, 4
FAINTER = 1e-5  # what the notebook promises; there such a guard costs less than FADED
SURE = 30.0  # logits: 1 − e⁻³⁰ is 1 in float32
BRIGHT = 0.03  # the least maximum of a raw map elsewhere, so that a small eps costs only there


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
        return gather(self.net, self.layer, self.images, self.target)

    def evidence_of(self, rows: Sequence[int], target: Target | None = None) -> Evidence:
        """The same for some rows of the images, in that order."""
        asked = self.target if target is None else target
        key = (tuple(rows), asked)
        if key not in self.kept:
            self.kept[key] = gather(self.net, self.layer, self.images[list(rows)], asked)
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


@dataclass(frozen=True)
class Secret:
    """All secret inputs of one run."""

    unseen: list[dict[str, Any]]
    right_layers: list[list[str]]
    values: list[Case]
    oblong: Case
    batch: Case
    flat: Case
    faint: Case
    fainter: Case
    frozen: Case
    inplace: Case
    state: Case
    contrast: list[Case]
    sure: Case
    pictures: dict[str, np.ndarray] = field(default_factory=dict)


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


def scaled_head(case: Case, factor: float) -> Case:
    """The same case with its last layer scaled: raw maps and logits grow by the factor."""
    head = case.description["places"][2]
    weights = {
        k: v * np.float32(factor) if f"{head}.out" in k else v for k, v in case.weights.items()
    }
    return Case(case.description, weights, case.layer, case.images, case.target)


def speaks_against(case: Case) -> Case:
    """The same case where every channel of the final map speaks against every class."""
    head = f"net/{case.description['places'][2]}.out.weight"
    weights = {**case.weights, head: -np.abs(case.weights[head])}
    return Case(case.description, weights, case.layer, case.images, case.target)


def draw_values(draw: Draw) -> list[Case]:
    """Three single-image cases that together tell every known mistake apart."""
    for _ in range(DRAWS):
        cases = [
            draw.case("mean", 0, kind="plain", activation="relu"),
            draw.case("mlp", 2, kind="plain", activation="silu", size=(40, 40)),
            draw.case("grid", 1, kind="residual", activation="leaky"),
        ]
        if tells_apart([case.evidence for case in cases]):
            return cases
    raise RuntimeError("no draw tells all known mistakes apart: one of them may be no mistake")


def draw_contrast(draw: Draw) -> list[Case]:
    """Two cases of two classes, as the task has; each has an image for either class."""
    return [
        undecided(draw, "mean", classes=2, kind="plain", norm="batch"),
        undecided(draw, "mlp", classes=2, size=(40, 56)),
    ]


def made_sure(case: Case) -> Case:
    """The same case so decided that a softmax rounds to 1, and p₁ − p₀ loses a logit's gradient."""
    with torch.no_grad():
        y = case.net(torch.from_numpy(case.images))
    return scaled_head(case, SURE / float((y[:, 1] - y[:, 0]).abs().min()))


def undecided(draw: Draw, head: str, **more: Any) -> Case:
    """A contrast case whose two images are decided differently."""
    return draw.case(head, CONTRAST, count=MANY, also=(0, 1), choose=one_each, **more)


def draw_unseen(draw: Draw) -> list[dict[str, Any]]:
    """Networks of random names, depth and kind for the target layer.

    Some run a convolution whose result nobody uses, before all else: in which order things run is
    what most right answers go by. Some declare their parts backwards, some are in train mode.
    """
    heads = ["mean", "grid", "mlp", "maximum", "mean", "mlp"]
    kinds = ["plain", "residual", "excited", "residual", "plain", "excited"]
    drawn = [draw_sound(draw, head, kind) for head, kind in zip(heads, kinds, strict=True)]
    return [
        {
            **net,
            "aside": draw.name() if i in (2, 5) else "",
            "backwards": i in (3, 5),
            "train": i in (0, 4),
        }
        for i, net in enumerate(drawn)
    ]


def draw_sound(draw: Draw, head: str, kind: str) -> dict[str, Any]:
    """One of them, through which gradients reach the image: how else would one ask what counts?"""
    for _ in range(DRAWS):
        description = draw.description(
            head,
            after=draw.pick(["", "relu", "relu_inplace"]),
            classes=2,
            depth=int(draw.rng.integers(2, 6)),
            kind=kind,
            down=draw.pick(["none", "max"]),
        )
        if lets_gradients_through(build_net(description)):
            return description
    raise RuntimeError(f"no network with a {head} head lets gradients through")


def lets_gradients_through(net: nn.Module) -> bool:
    """Whether autograd gets back to the image; it does not where a layer changes in place what the
    one before it had saved.
    """
    image = torch.zeros(1, 3, 64, 64, requires_grad=True)
    try:
        torch.autograd.grad(net(image).sum(), image)
    except RuntimeError:
        return False
    return True


def right_layers(descriptions: Sequence[dict[str, Any]], size: int = 64) -> list[list[str]]:
    """For each described network, every module that is a right answer at that input size."""
    image = torch.zeros(1, 3, size, size)
    return [target_layers(build_net(description), image) for description in descriptions]


@lru_cache(maxsize=1)
def named_layers() -> list[list[str]]:
    return right_layers([{"family": name} for name in NAMED])


def pictures(draw: Draw) -> dict[str, np.ndarray]:
    """Two images [H,W,3] and three heatmaps [H,W], none of them square.

    The images hold no black or white, so that stretching shows; the heatmaps are a smooth one, a
    ramp, and the ramp's lower half, so that stretching the heat shows too.
    """
    rng = draw.rng
    heat = ndimage.gaussian_filter(rng.random((37, 52)), 4)
    heat = (heat - heat.min()) / np.ptp(heat)
    ramp = np.linspace(0, 1, 52, dtype=np.float32)
    return {
        "image": rng.integers(20, 200, (37, 52, 3), dtype=np.uint8),
        "other": rng.integers(20, 200, (37, 52, 3), dtype=np.uint8),
        "heat": heat.astype(np.float32),
        "ramp": np.tile(ramp, (37, 1)),
        "half": np.tile(np.repeat(ramp[:26], 2), (37, 1)),
    }


@lru_cache(maxsize=2)
def secret(seed: int) -> Secret:
    """Everything the judge keeps to itself, from the run's seed alone."""
    draw = Draw(seed)
    unseen = draw_unseen(draw)
    contrast = draw_contrast(draw)
    negative = draw.case("mean", 1, kind="plain", activation="relu", norm="batch")
    return Secret(
        unseen=unseen,
        right_layers=right_layers(unseen),
        values=draw_values(draw),
        oblong=draw.case("mlp", 1, size=(40, 64)),
        batch=draw.case("mlp", 2, count=6, size=(40, 40), also=(0,)),
        flat=speaks_against(negative),
        faint=(faint := scaled_head(draw.case("mean", 1, channels=FAINT_CHANNELS), FAINT / BRIGHT)),
        fainter=scaled_head(faint, FAINTER / FAINT),
        frozen=draw.case("grid", 0),
        inplace=draw.case("mlp", 1, after="relu_inplace", kind="plain", activation="silu"),
        state=draw.case("mean", 1, also=(0,), kind="plain", norm="batch", activation="relu"),
        contrast=contrast,
        sure=made_sure(contrast[0]),
        pictures=pictures(draw),
    )
