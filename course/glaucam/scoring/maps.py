"""Every heatmap that is scored: of the methods, of a network drawn anew, and of the controls."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import torch
from torch import nn

from glaucam.errors import InputError
from glaucam.explanation import Explanation, explain
from glaucam.metrics import CONTROLS
from glaucam.registry import unknown
from glaucam.scoring.eyes import ScoredEyes

CONTRAST = "contrast"
BATCH = 8

Maps = dict[str, np.ndarray]
"""Class, or "contrast" → heatmaps float32 [N,S,S]."""


def targets(classes: tuple[str, ...], asked: Iterable[str] | None = None) -> list[str]:
    """What is explained: each class and, where there are two, their contrast; or what is asked."""
    known = [*classes, CONTRAST]
    for name in asked or ():
        if name not in known:
            raise InputError(unknown("class", name, known))
    return list(asked or (known if len(classes) == 2 else classes))


def probability_column(target: str, classes: tuple[str, ...]) -> int:
    """Whose probability a target's map is judged by: the contrast's is that of the second class."""
    return 1 if target == CONTRAST else classes.index(target)


def method_maps(model: nn.Module, images: torch.Tensor, method: str, asked: list[str]) -> Maps:
    """The method's heatmaps of ``asked`` for every image [N,3,S,S]."""
    classes = [name for name in asked if name != CONTRAST]
    pieces: dict[str, list[torch.Tensor]] = {name: [] for name in asked}
    for batch in images.split(BATCH):
        explanation = explain(model, batch, classes, method)
        for name in asked:
            pieces[name].append(heatmap_of(explanation, name))
    return {name: torch.cat(parts).cpu().numpy() for name, parts in pieces.items()}


def heatmap_of(explanation: Explanation, target: str) -> torch.Tensor:
    """The heatmaps [N,H,W] of a class or of the contrast."""
    heatmap = explanation.contrast if target == CONTRAST else explanation.heatmaps[target]
    if heatmap is None:
        raise InputError("a network of one class has no contrast: ask for its class")
    return heatmap.values


def control_maps(eyes: ScoredEyes, control: str, asked: list[str]) -> Maps:
    """The control's maps, the same for every class; the random ones differ by image."""
    drawn = np.stack([CONTROLS[control](frame, i) for i, frame in enumerate(eyes.frames)])
    return dict.fromkeys(asked, drawn)
