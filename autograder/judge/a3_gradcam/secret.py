"""The secret inputs of a3: what is drawn for each check, from one seed.

A draw is kept only when it tells every known mistake from the right formula; the reference alone
decides, so the draw is the same for everyone and for ever.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from scipy import ndimage
from torch import nn

from autograder.judge.a3_gradcam.cases import BRIGHT, DRAWS, Case, Draw, one_each, scaled_head
from autograder.judge.a3_gradcam.evidence import CONTRAST
from autograder.judge.a3_gradcam.formulas import tells_apart
from autograder.judge.a3_gradcam.nets import build_net
from glaucam.models.target_layer import target_layers

NAMED = ("resnet18", "densenet121", "efficientnet_b0", "vgg16", "retinal_cnn")
MANY = 16  # images to choose two from: so that few networks are thrown away
# A guard of 1e-8 beside the divisor is no mistake, also where channels are averaged, not summed
# (4 × 1e-8 / 6e-5 < TOLERANCE); one of 1e-7 is (1e-7 / 6e-5 > TOLERANCE).
FAINT, FAINT_CHANNELS = 6e-5, 4
FAINTER = 1e-5  # what the notebook promises; there such a guard costs less than FADED
SURE = 30.0  # logits: 1 − e⁻³⁰ is 1 in float32


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
