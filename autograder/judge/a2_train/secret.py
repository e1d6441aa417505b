"""The secret inputs of a2: images, networks and eyes with truths, drawn from one seed.

A draw is kept only when it tells every known mistake from the right answer; the references alone
decide, so the draw is the same for everyone and for ever.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from typing import Any

import numpy as np
import torch
from sklearn.metrics import roc_auc_score
from torch import nn

from glaucam.checks import a2_figures as figures
from glaucam.checks import a2_thresholds as points
from glaucam.checks.a2_epochs import RIGHT, WAYS, Epoch, Task, Way, gone_through, same_state
from glaucam.data import FundusParameters, PhantomFundus, Preprocessing

DRAWS = 200
TAUGHT, UNSEEN, SIDE = 64, 48, 32  # phantoms to learn from, phantoms held out, pixels
SEVERITY = 2.0  # wide apart, so that seconds are enough
KEPT = 0.25  # of the labels that stay right when they are shuffled
EDGE_ONLY = ("none-reaches",)  # mistakes that only the ends of the range show


@dataclass(frozen=True)
class EpochCase:
    """A network, batches and settings for one epoch. ``optimiser``: sgd or adam."""

    classes: int
    optimiser: str
    options: dict[str, float]
    batch_size: int
    arrays: dict[str, np.ndarray]

    @property
    def args(self) -> dict[str, Any]:
        return {
            "classes": self.classes,
            "optimiser": self.optimiser,
            "options": self.options,
            "batch_size": self.batch_size,
        }

    @cached_property
    def task(self) -> Task:
        tensors = {k: torch.from_numpy(v) for k, v in self.arrays.items()}
        net = judged_net(self.classes)
        net.load_state_dict({k[4:]: v for k, v in tensors.items() if k.startswith("net/")})
        kind = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[self.optimiser]
        return Task(
            net,
            list(
                zip(*(tensors[k].split(self.batch_size) for k in ("images", "labels")), strict=True)
            ),
            lambda net: kind(net.parameters(), **self.options),
            nn.CrossEntropyLoss(weight=tensors.get("class_weights")),
        )


@dataclass(frozen=True)
class Eyes:
    """Phantoms float32 [N,3,S,S] to learn from and unseen ones, with labels, true and shuffled."""

    images: np.ndarray
    labels: np.ndarray
    shuffled: np.ndarray
    unseen: np.ndarray
    unseen_labels: np.ndarray


@dataclass(frozen=True)
class Secret:
    """All secret inputs of one run. ``images``: float32 [4,3,H,W] for the model's numbers."""

    seed: int
    epochs: list[EpochCase]
    plain: list[points.Eyes]
    edges: list[points.Eyes]
    reported: list[figures.Eyes]

    @cached_property
    def eyes(self) -> Eyes:
        return phantoms(self.seed)

    def generator(self, purpose: int) -> torch.Generator:
        return torch.Generator().manual_seed(1_000_003 * purpose + self.seed)


def judged_net(classes: int, width: int = 6) -> nn.Module:
    """The same small network as in the jail, from the same text."""
    return _probe_names()["JudgedNet"](classes, width)


@lru_cache(maxsize=1)
def _probe_names() -> dict[str, Any]:
    from autograder.judge.a2_train.texts import PROBES

    names: dict[str, Any] = {"__name__": "probes"}
    exec(PROBES, names)
    return names


SETTINGS: tuple[dict[str, Any], ...] = (
    {"classes": 3, "optimiser": "sgd", "options": {"lr": 0.15, "momentum": 0.8}, "batch_size": 5},
    {"classes": 2, "optimiser": "adam", "options": {"lr": 0.02}, "batch_size": 7},
)


def draw_epochs(rng: np.random.Generator) -> list[EpochCase]:
    """Epochs of which each known mistake leaves at least one network with other weights."""
    for _ in range(DRAWS):
        cases = [EpochCase(**how, arrays=_epoch_arrays(rng, how["classes"])) for how in SETTINGS]
        right = [gone_through(RIGHT, case.task) for case in cases]
        if all(any(map(partial(_leaves_other, way), cases, right)) for way in WAYS[1:]):
            return cases
    raise RuntimeError("no epochs tell the right loop from every known mistake")


def _leaves_other(way: Way, case: EpochCase, right: Epoch) -> bool:
    return not same_state(gone_through(way, case.task).state, right)


def _epoch_arrays(rng: np.random.Generator, classes: int) -> dict[str, np.ndarray]:
    labels = np.arange(23) % classes
    rng.shuffle(labels)
    net = judged_net(classes)
    arrays = {f"net/{k}": _noise(rng, k, v) for k, v in net.state_dict().items()}
    arrays["class_weights"] = rng.uniform(0.4, 2.5, classes).astype(np.float32)
    images = rng.normal(0.3, 1, (23, 3, 14, 14)).astype(np.float32)
    return {**arrays, "images": images, "labels": labels.astype(np.int64)}


def _noise(rng: np.random.Generator, name: str, tensor: torch.Tensor) -> np.ndarray:
    if "tracked" in name:
        return np.array(3, np.int64)
    if "running_var" in name:
        return rng.uniform(0.5, 1.5, tensor.shape).astype(np.float32)
    scale = 0.5 if tensor.ndim == 1 else 1.2 / np.sqrt(tensor[0].numel())
    return (rng.normal(0, scale, tensor.shape) + (tensor.ndim == 1)).astype(np.float32)


def draw_eyes(rng: np.random.Generator, normal: int, sick: int) -> tuple[np.ndarray, np.ndarray]:
    """Truth and p of eyes in no order; p in float32, so that a tensor holds the same numbers."""
    y = np.repeat([0, 1], [normal, sick])
    logit = rng.normal(np.where(y == 1, 0.5, -0.9), 1.1)
    order = rng.permutation(len(y))
    p = (1 / (1 + np.exp(-logit))).astype(np.float32).astype(np.float64)
    return y[order], p[order]


def draw_plain(rng: np.random.Generator) -> list[points.Eyes]:
    """Ordinary questions, of which each known mistake gets one wrong, in a way of its own.

    The part of normal eyes asked for falls above half an eye and below it: else the nearest
    specificity and one rounded down would be the same.
    """
    for _ in range(DRAWS):
        asked = [(20, 17, 0.95), (20, 24, 0.9), (36, 20, 0.8), (37, 30, 0.93), (16, 28, 0.75)]
        eyes = [points.Eyes(*draw_eyes(rng, n, k), s) for n, k, s in asked]
        known = [(name, rule) for name, rule in points.MISTAKES if name not in EDGE_ONLY]
        if all(shown(rule, eyes) for _, rule in known) and all(
            named(rule, eyes) == name for name, rule in known
        ):
            return eyes
    raise RuntimeError("no eyes tell the right threshold from every known mistake")


def shown(rule: points.Rule, eyes: list[points.Eyes]) -> bool:
    return not all(points.is_right(rule(e.y, e.p, e.specificity), e) for e in eyes)


def named(rule: points.Rule, eyes: list[points.Eyes]) -> str | None:
    return points.recognised([(rule(e.y, e.p, e.specificity), e) for e in eyes])


def draw_edges(rng: np.random.Generator) -> list[points.Eyes]:
    """Ties at the line; no threshold high enough; a specificity of 0; of 1."""
    y, p = draw_eyes(rng, 30, 26)
    tied = points.Eyes(y, np.round(p * 8) / 8, 0.8)
    y, p = draw_eyes(rng, 22, 18)
    topped = p.copy()
    topped[np.flatnonzero(y == 0)[3]] = np.float32(p.max() + (1 - p.max()) / 2)
    y2, p2 = draw_eyes(rng, 19, 23)
    p2[np.flatnonzero(y2 == 1)[2]] = np.float32(p2.max() + (1 - p2.max()) / 2)
    return [
        tied,
        points.Eyes(y, topped, 1.0),
        points.Eyes(y, p, 0.0),
        points.Eyes(y2, p2, 1.0),
    ]


def draw_reported(rng: np.random.Generator) -> list[figures.Eyes]:
    """Eyes with ties, some at the threshold; each known mistake gives another figure somewhere."""
    for _ in range(DRAWS):
        eyes = [_reported(rng, n, k, t) for n, k, t in ((41, 23, 3), (28, 37, 5), (52, 19, 2))]
        if all(_figure_shown(key, rule, eyes) for key, rule in _figure_mistakes()):
            return eyes
    raise RuntimeError("no eyes tell the right figures from every known mistake")


def _reported(rng: np.random.Generator, normal: int, sick: int, step: int) -> figures.Eyes:
    y, p = draw_eyes(rng, normal, sick)
    return figures.Eyes(y, np.round(p * 16) / 16, step / 16)


def _figure_mistakes() -> list[tuple[str, Callable[[figures.Eyes], object]]]:
    return [(key, rule) for key, rules in figures.MISTAKES.items() for _, rule in rules]


def _figure_shown(key: str, rule: Callable[[figures.Eyes], object], eyes: list) -> bool:
    return not figures.is_right(key, [(rule(e), e) for e in eyes])


@lru_cache(maxsize=2)
def phantoms(seed: int) -> Eyes:
    """Secret phantom discs, and labels shuffled so that most are wrong."""
    data = PhantomFundus(
        TAUGHT + UNSEEN, 900_000 + seed, FundusParameters(128, "crop", severity=SEVERITY)
    )
    images = Preprocessing(size=SIDE).batch(data.image(i) for i in range(len(data))).numpy()
    labels = data.labels[:TAUGHT]
    return Eyes(
        images[:TAUGHT],
        labels,
        shuffled(labels, np.random.default_rng(seed)),
        images[TAUGHT:],
        data.labels[TAUGHT:],
    )


def shuffled(labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The labels dealt anew, a quarter of each class right: what is learnt from them is wrong."""
    dealt = 1 - labels
    for c in (0, 1):
        own = np.flatnonzero(labels == c)
        dealt[rng.choice(own, round(KEPT * len(own)), replace=False)] = c
    return dealt


def ranks(logits: np.ndarray, labels: np.ndarray) -> float:
    """AUROC of class 1 against class 0 by the difference of two logits [N,2]."""
    return float(roc_auc_score(labels, logits[:, 1] - logits[:, 0]))


@lru_cache(maxsize=2)
def secret(seed: int) -> Secret:
    """Everything the judge keeps to itself, from the run's seed alone."""
    rng = np.random.default_rng([seed, 2])
    with torch.random.fork_rng(devices=[]):
        epochs = draw_epochs(rng)
    return Secret(seed, epochs, draw_plain(rng), draw_edges(rng), draw_reported(rng))
