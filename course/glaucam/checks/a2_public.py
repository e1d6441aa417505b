"""The public inputs of a2's checks: small tasks for a loop, and drawn eyes with their truth."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from glaucam.checks import a2_figures as figures
from glaucam.checks import a2_thresholds as points
from glaucam.checks import small_nets as nets
from glaucam.checks.a2_epochs import Task


def epoch_tasks() -> list[Task]:
    """Two tasks with a smaller last batch: SGD with momentum, without; class weights in both.

    The second's gradients are so large that every known clip shows.
    """
    return [
        _task(18, 5, 0.8, (0.7, 1.9)),
        _task(23, 7, 0.0, (1.6, 0.5), steep=30.0),
    ]


def _task(
    n: int, size: int, momentum: float, weights: tuple[float, float], steep: float = 1.0
) -> Task:
    """``steep``: a factor on the head's weights, so that gradients are as large."""
    draw = torch.Generator().manual_seed(n)
    images = torch.randn(n, 3, 16, 16, generator=draw)
    labels = torch.randint(2, (n,), generator=draw)
    net = nets.seeded(nets.AverageNet, n)
    with torch.no_grad():
        net.head.weight.mul_(steep)
    return Task(
        net,
        list(zip(images.split(size), labels.split(size), strict=True)),
        lambda net: torch.optim.SGD(net.parameters(), lr=0.1, momentum=momentum),
        nn.CrossEntropyLoss(weight=torch.tensor(weights)),
    )


def drawn(seed: int, normal: int, sick: int) -> tuple[np.ndarray, np.ndarray]:
    """Truth and p(glaucoma) of eyes, in no order."""
    rng = np.random.default_rng(seed)
    y = rng.permutation(np.repeat([0, 1], [normal, sick]))
    p = 1 / (1 + np.exp(-rng.normal(np.where(y == 1, 0.5, -0.9), 1.1)))
    return y, p.astype(np.float32).astype(np.float64)


def point_eyes() -> list[points.Eyes]:
    """Four ordinary questions, chosen so that each known mistake gets one wrong."""
    asked = ((102, 20, 17, 0.95), (103, 33, 20, 0.8), (104, 37, 30, 0.93), (105, 19, 28, 0.73))
    return [points.Eyes(*drawn(seed, n, k), s) for seed, n, k, s in asked]


def tied_eyes() -> dict[str, points.Eyes]:
    """The awkward questions by what is awkward."""
    y, p = drawn(104, 30, 26)
    top = p.copy()
    top[np.flatnonzero(y == 0)[0]] = 0.999
    return {
        "equal p at the line": points.Eyes(y, np.round(8 * p) / 8, 0.8),
        "none high enough (a normal eye has the largest p)": points.Eyes(y, top, 1.0),
        "a specificity of 0": points.Eyes(y, p, 0.0),
    }


def figure_eyes() -> list[figures.Eyes]:
    """Three sets of eyes with ties, some exactly at the threshold."""
    asked = ((105, 41, 23, 3), (106, 28, 37, 5), (107, 52, 19, 10))
    return [_tied(*how) for how in asked]


def _tied(seed: int, normal: int, sick: int, step: int) -> figures.Eyes:
    y, p = drawn(seed, normal, sick)
    return figures.Eyes(y, np.round(p * 16) / 16, step / 16)
