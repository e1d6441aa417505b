"""One epoch of training, gone through in the right way and in the ways of known mistakes."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import nn

TOLERANCE = 2e-4  # of weights near 0.3 after a handful of steps; float32 stays below 1e-6
Batches = Sequence[tuple[torch.Tensor, torch.Tensor]]


@dataclass(frozen=True)
class Task:
    """What an epoch is given: a network, batches (images [n,3,H,W], labels [n]), settings.

    ``make_optimiser``: network → optimiser.
    """

    net: nn.Module
    batches: Batches
    make_optimiser: Callable[[nn.Module], torch.optim.Optimizer]
    loss: nn.Module


@dataclass(frozen=True)
class Way:
    """One way through an epoch; the defaults are the right one. ``mistake``: its name.

    ``clear``: when gradients are emptied (each, never).
    ``step``: when the optimiser steps (each, never, end, before, twice).
    ``looks``: forward passes on a batch; ``later``: once more after the step.
    ``clip``: the gradients' largest norm or value.
    ``share``: what of a batch's loss is differentiated, of (loss, n, number of batches, N)
    with n images in the batch and N in all.
    """

    mistake: str = ""
    mode: str = "train"
    clear: str = "each"
    step: str = "each"
    chosen: tuple[int | None, int | None] = (None, None)
    passes: int = 1
    looks: int = 1
    later: bool = False
    clip: tuple[str, float] | None = None
    scored: Callable[[torch.Tensor], torch.Tensor] = lambda y: y
    seen: Callable[[torch.Tensor], torch.Tensor] = lambda x: x
    labelled: Callable[[torch.Tensor], torch.Tensor] = lambda y: y
    share: Callable[[torch.Tensor, int, int, int], torch.Tensor] = lambda loss, n, k, N: loss
    own_loss: nn.Module | None = None


RIGHT = Way()
WAYS = (
    RIGHT,
    Way("no-zero-grad", clear="never"),
    Way("no-step", step="never"),
    Way("no-step", step="never", mode="eval"),
    Way("step-before-backward", step="before"),
    Way("step-before-backward", step="before", clear="never"),
    Way("one-step-per-epoch", step="end"),
    Way("one-step-per-epoch", step="end", clear="never"),
    Way("one-step-per-epoch", step="end", clear="never", share=lambda loss, n, k, N: loss / k),
    Way("one-step-per-epoch", step="end", clear="never", share=lambda loss, n, k, N: loss * n / N),
    Way("no-train-mode", mode="eval"),
    Way("no-train-mode", mode="eval after first"),
    Way("softmax-before-loss", scored=lambda y: y.softmax(1)),
    Way("softmax-before-loss", scored=lambda y: y.sigmoid()),
    Way("loss-ignored", own_loss=nn.CrossEntropyLoss()),
    Way("loss-ignored", own_loss=nn.CrossEntropyLoss(reduction="sum")),
    Way("gradient-ascent", share=lambda loss, n, k, N: -loss),
    Way("loss-rescaled", share=lambda loss, n, k, N: loss / n),
    Way("loss-rescaled", share=lambda loss, n, k, N: loss * n),
    Way("loss-rescaled", share=lambda loss, n, k, N: loss / k),
    Way("first-batch-only", chosen=(None, 1)),
    Way("last-batch-left-out", chosen=(None, -1)),
    Way("first-batch-left-out", chosen=(1, None)),
    Way("two-epochs", passes=2),
    Way("second-look", looks=2),
    Way("second-look", later=True),
    Way("stepped-twice", step="twice"),
    *(Way("gradients-clipped", clip=("norm", most)) for most in (0.1, 0.5, 1.0, 2.0, 5.0)),
    *(Way("gradients-clipped", clip=("value", most)) for most in (0.01, 0.1, 0.5, 1.0)),
    Way("images-rescaled", seen=lambda x: x / 255),
    Way("images-rescaled", seen=lambda x: x * 255),
    Way("labels-exchanged", labelled=lambda y: (y + 1) % (y.max() + 1)),
    Way("labels-exchanged", labelled=lambda y: y.flip(0)),
)


@dataclass
class Epoch:
    """What an epoch left: the network's state by name, and each batch's loss and size."""

    state: dict[str, np.ndarray]
    losses: list[float] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    weighed: list[float] = field(default_factory=list)  # each batch's sum of class weights
    right: list[float] = field(default_factory=list)  # each batch's share of right answers
    later: list[float] = field(default_factory=list)  # each batch's loss after its step


def gone_through(way: Way, task: Task) -> Epoch:
    """Go through the epoch in this way, on a copy of the network."""
    net = copy.deepcopy(task.net).train(way.mode != "eval")
    optimiser, loss = task.make_optimiser(net), way.own_loss or task.loss
    epoch, batches = Epoch({}), list(task.batches)[slice(*way.chosen)] * way.passes
    whole = sum(len(labels) for _, labels in batches)
    optimiser.zero_grad()
    for images, labels in batches:
        if way.step == "before":
            optimiser.step()
        y = net(way.seen(images))
        for _ in range(way.looks - 1):
            net(way.seen(images))
        value = loss(way.scored(y), way.labelled(labels))
        _note(epoch, value, y, labels, loss)
        part = way.share(value, len(labels), len(batches), whole)
        _update(way, net, optimiser, part)
        if way.later:
            epoch.later.append(float(loss(net(images), labels).detach()))
        net.train(way.mode == "train")
    if way.step == "end":
        optimiser.step()
    epoch.state = {k: v.detach().numpy().copy() for k, v in net.state_dict().items()}
    return epoch


def _update(
    way: Way, net: nn.Module, optimiser: torch.optim.Optimizer, value: torch.Tensor
) -> None:
    if way.clear == "each":
        optimiser.zero_grad()
    value.backward()
    if way.clip is not None:
        kind, most = way.clip
        getattr(nn.utils, f"clip_grad_{kind}_")(net.parameters(), most)
    for _ in range({"each": 1, "twice": 2}.get(way.step, 0)):
        optimiser.step()


def _note(
    epoch: Epoch, value: torch.Tensor, y: torch.Tensor, labels: torch.Tensor, loss: nn.Module
) -> None:
    weight = getattr(loss, "weight", None)
    epoch.losses.append(float(value.detach()))
    epoch.sizes.append(len(labels))
    epoch.weighed.append(float(len(labels) if weight is None else weight[labels].sum()))
    epoch.right.append(float((y.argmax(1) == labels).float().mean()))


def same_state(came: dict[str, Any], epoch: Epoch) -> bool:
    """Whether every weight and statistic is what the epoch leaves."""
    for name, expected in epoch.state.items():
        array = np.asarray(came.get(name, np.nan))
        if array.shape != expected.shape or not np.isfinite(array).all():
            return False
        if np.abs(array - expected).max() > TOLERANCE * max(1.0, float(np.abs(expected).max())):
            return False
    return True


def recognised(answers: Sequence[tuple[dict[str, Any], Task]]) -> Way | None:
    """The first way that leaves every network as the student's loop did; None for no known one."""
    for way in WAYS:
        if all(_fits(way, came, task) for came, task in answers):
            return way
    return None


def _fits(way: Way, came: dict[str, Any], task: Task) -> bool:
    try:
        return same_state(came, gone_through(way, task))
    except RuntimeError:  # a way that this task does not allow, such as eval mode's gradients
        return False


def accepted_means(epoch: Epoch) -> list[float]:
    """The mean loss over images, over batches, and over class-weighted images: all are in use."""
    return [
        float(np.average(losses, weights=weights))
        for losses in (epoch.losses, epoch.later)
        if losses
        for weights in (epoch.sizes, None, epoch.weighed)
    ]


def wrong_means(epoch: Epoch) -> Iterator[tuple[str, float]]:
    """(mistake, number) for what is returned instead of the mean."""
    losses, sizes = np.array(epoch.losses), np.array(epoch.sizes)
    yield "loss-summed", float(losses.sum())
    yield "loss-summed", float((losses * sizes).sum())
    yield "last-batch-loss", float(losses[-1])
    yield "last-batch-loss", float(losses[0])
    yield "wrong-count", float(losses.sum() / sizes.sum())
    yield "wrong-count", float((losses * sizes).sum() / len(losses))
    yield "wrong-count", float((losses * sizes).sum() / (len(losses) * sizes[0]))
    yield "wrong-count", float((losses / sizes).mean())
    yield "wrong-count", float((losses * sizes[0]).sum() / sizes.sum())
    yield "accuracy-returned", float(np.average(epoch.right, weights=sizes))
    yield "accuracy-returned", float(np.mean(epoch.right))
    yield "best-batch-loss", float(losses.min())
    yield "best-batch-loss", float(losses.max())
    yield "loss-rescaled", float(-losses.mean())


def loss_mistake(answers: Sequence[tuple[float, Epoch]]) -> str | None:
    """ "" where each number is an accepted mean, the mistake that gives all, or None."""
    if all(any(_near(value, mean) for mean in accepted_means(epoch)) for value, epoch in answers):
        return ""
    names = dict.fromkeys(name for _, epoch in answers for name, _ in wrong_means(epoch))
    return next((name for name in names if all(_gives(name, *pair) for pair in answers)), None)


def _gives(name: str, value: float, epoch: Epoch) -> bool:
    return any(_near(value, number) for kind, number in wrong_means(epoch) if kind == name)


def _near(value: float, number: float) -> bool:
    return abs(value - number) <= 1e-4 * max(1.0, abs(number))
