"""What one epoch of a student's loop does to a small network, and what it returns."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch.utils.data import DataLoader, TensorDataset

from glaucam.checks.a2_epochs import RIGHT, Task, gone_through, loss_mistake, recognised
from glaucam.checks.a2_misconceptions import known
from glaucam.checks.a2_returned import as_array
from glaucam.checks.base import Mistake


@dataclass(frozen=True)
class Taught:
    """The network's state after the student's epoch, what came back, how often it stepped."""

    task: Task
    state: dict[str, np.ndarray]
    returned: Any
    steps: int


def one_epoch(call: Callable[..., Any], train_one_epoch: Any, task: Task) -> Taught:
    """Run the student's loop on a copy of the task's network."""
    net = copy.deepcopy(task.net).eval()
    optimiser = task.make_optimiser(net)
    steps: list[int] = []
    optimiser.register_step_post_hook(lambda *_: steps.append(1))
    images, labels = (torch.cat(parts) for parts in zip(*task.batches, strict=True))
    loader = DataLoader(TensorDataset(images, labels), batch_size=len(task.batches[0][1]))
    returned = call(train_one_epoch, net, loader, optimiser, task.loss)
    state = {k: v.detach().numpy().copy() for k, v in net.state_dict().items()}
    return Taught(task, state, returned, len(steps))


def judge_weights(taught: Sequence[Taught]) -> None:
    """Raise the Mistake that the weights after an epoch show."""
    way, steps = recognised([(t.state, t.task) for t in taught]), any(t.steps for t in taught)
    if way is RIGHT:
        return
    if way is None and not steps:
        raise known("optimiser-ignored")
    if way is None:
        raise Mistake(
            "After one epoch the weights are not where the reference has them, and it is no "
            "mistake we know.",
            "Compare your loop with section 2.2 line by line.",
        )
    raise known("no-gradient-to-step" if way.mistake == "no-step" and steps else way.mistake)


def judge_loss(taught: Sequence[Taught]) -> None:
    """Raise the Mistake that the returned loss shows, given the way the loop goes."""
    way = recognised([(t.state, t.task) for t in taught]) or RIGHT
    answers = [(_one_number(t.returned), gone_through(way, t.task)) for t in taught]
    name = loss_mistake(answers)
    if name:
        raise known(name)
    if name is None:
        value, epoch = answers[0]
        losses = ", ".join(f"{loss:.3f}" for loss in epoch.losses)
        raise Mistake(
            f"You return {value:.4f}; the batches of {epoch.sizes} images had the losses {losses}.",
            "Weigh each by its images, add up, divide by the number of images.",
        )


def _one_number(returned: Any) -> float:
    if returned is None:
        raise known("nothing-returned")
    if getattr(returned, "requires_grad", False):
        raise known("graph-kept")
    array = as_array(returned)
    if array is None or array.size != 1 or not np.isfinite(array).all():
        raise known("not-one-number")
    return float(array.reshape(()))
