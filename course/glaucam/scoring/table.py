"""The rows: a mean over images and its interval, by method, metric, class and structure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np
import torch
from torch import nn
from tqdm import tqdm

from glaucam.metrics import CONTROLS, Metric, bootstrap_interval, randomised
from glaucam.registry import METRICS
from glaucam.scoring.eyes import ScoredEyes
from glaucam.scoring.maps import Maps, control_maps, method_maps, probability_column
from glaucam.training.predict import predict


@dataclass(frozen=True)
class Row:
    """One line: ``mean`` over the ``n`` images that have a score, with its bootstrap interval.

    ``class_``: whose map it is. ``structure``: None for metrics without a mask. ``mean``, ``low``,
    ``high`` are None where too few images have a score.
    """

    method: str
    metric: str
    class_: str
    structure: str | None
    n: int
    mean: float | None
    low: float | None
    high: float | None

    def to_dict(self) -> dict[str, Any]:
        return {key.rstrip("_"): value for key, value in asdict(self).items()}


COLUMNS = [field.name.rstrip("_") for field in fields(Row)]


def score_table(
    model: nn.Module,
    eyes: ScoredEyes,
    classes: tuple[str, ...],
    methods: Sequence[str],
    metrics: Sequence[str],
    asked: list[str],
) -> Iterator[Row]:
    """The rows of each method, then of the four controls; progress goes to stderr."""
    scorers = [METRICS[name]() for name in metrics]
    fresh = randomised(model) if any("randomised" in m.needs for m in scorers) else None
    names = [*methods, *(name for name in CONTROLS if name not in methods)]
    with tqdm(total=len(names) * len(eyes), unit="map") as bar:
        for name in names:
            bar.set_description(name)
            maps, others = all_maps(model, fresh, eyes, name, asked)
            for target in asked:
                column = probability_column(target, classes)
                case = Case(eyes, maps[target], others[target], probability_of(model, column))
                for metric in scorers:
                    yield from rows(name, metric, target, case)
            bar.update(len(eyes))


def all_maps(
    model: nn.Module, fresh: nn.Module | None, eyes: ScoredEyes, name: str, asked: list[str]
) -> tuple[Maps, Maps]:
    """A method's or control's maps, and those after the weights were drawn anew.

    A control knows no weights: its maps stay. Without ``fresh`` no metric asks for the others.
    """
    if name in CONTROLS:
        maps = control_maps(eyes, name, asked)
        return maps, maps
    maps = method_maps(model, eyes.images, name, asked)
    return maps, maps if fresh is None else method_maps(fresh, eyes.images, name, asked)


def probability_of(model: nn.Module, column: int) -> Callable[[torch.Tensor], torch.Tensor]:
    """Images [M,3,H,W] → probabilities [M] of one class."""
    return lambda images: predict(model, images)[:, column]


@dataclass(frozen=True)
class Case:
    """One method's maps of one class, and all that a metric may need beside them."""

    eyes: ScoredEyes
    maps: np.ndarray
    randomised: np.ndarray
    predict: Callable[[torch.Tensor], torch.Tensor]

    def needed(self, i: int, mask: np.ndarray | None) -> dict[str, Any]:
        """What there is for image ``i``, by the names that ``Metric.needs`` uses."""
        return {
            "mask": mask,
            "image": self.eyes.images[i],
            "predict": self.predict,
            "randomised": self.randomised[i],
        }


def rows(method: str, metric: Metric, target: str, case: Case) -> Iterator[Row]:
    """One row, or one per structure for a metric that needs a mask."""
    structures = list(case.eyes.masks) if metric.needs_mask else [None]
    for structure in structures:
        values = scores(metric, case, structure)
        told = [value for value in values if value is not None]
        mean = float(np.mean(told)) if told else None
        interval = bootstrap_interval(values)
        yield Row(method, metric.name, target, structure, len(told), mean, *interval)


def scores(metric: Metric, case: Case, structure: str | None) -> list[float | None]:
    """The metric of every image; None where it has none, or where its mask is not known."""
    masks = [None] * len(case.maps) if structure is None else case.eyes.masks[structure]
    found: list[float | None] = []
    for i, mask in enumerate(masks):
        if structure is not None and mask is None:
            found.append(None)
            continue
        needed = case.needed(i, mask)
        found.append(metric(case.maps[i], **{name: needed[name] for name in metric.needs}))
    return found
