"""Is a student's network the baseline? Its shapes, layers, numbers and gradients."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from glaucam.checks.a2_causes import shape_cause
from glaucam.checks.a2_forms import (
    FORMS,
    RIGHT,
    Form,
    close,
    explains,
    gradients_of,
)
from glaucam.checks.a2_layer_faults import faults_of_layers
from glaucam.checks.a2_layers import awake, described, filled, first, gradients
from glaucam.checks.a2_misconceptions import known
from glaucam.checks.a2_numbers import centred, drawn_weights
from glaucam.checks.base import Mistake, StudentError, student

SIZES = ((3, 3, 64, 64), (1, 3, 64, 64), (2, 3, 48, 80))


def judge_shape(net: nn.Module, classes: int) -> None:
    """Raise the Mistake that a wrong output shape shows."""
    net.eval()
    student(awake, net)
    for size in SIZES:
        try:
            came = student(_shape, net, size)
        except StudentError as raised:
            if name := shape_cause(str(raised)):
                raise known(name, f"Images {list(size)} stop it: {raised}. ") from None
            raise
        if came != [size[0], classes]:
            raise _wrong_shape(size, came, classes)


@torch.no_grad()
def _shape(net: nn.Module, size: tuple[int, ...]) -> list[int]:
    return list(net(torch.zeros(size)).shape)


def _wrong_shape(size: tuple[int, ...], came: list[int], classes: int) -> Mistake:
    said = f"RetinalCNN({classes}) gave the shape {came} for images {list(size)}. "
    if size[0] == 1 and came == [classes]:
        return known("batch-axis-lost", said)
    if came in ([size[0]], [size[0], 1]):
        return known("one-output", said)
    if len(came) == 2 and came[0] == size[0]:
        return known("classes-ignored", said)
    return Mistake(said + f"Expected {[size[0], classes]}.", "Print the shape after each layer.")


def judge_layers(net: nn.Module) -> str:
    student(awake, net)
    told = described(net)
    for name, came in faults_of_layers(told):
        raise known(name, f"Found: {came}; {told['count']:,} numbers in all. ")
    return f"The layers asked for; {told['count']:,} numbers are learnt."


def judge_logits(net: nn.Module) -> Form:
    """The form the network computes in, if it is the right one; else the Mistake it is."""
    form = followed(net, *prepared(net))
    if form is None:
        raise Mistake(
            "With the same numbers in its layers your network gives other logits than the "
            "reference.",
            "Print the shape after each layer and compare with the table of section 1.1.",
        )
    if form is not RIGHT:
        raise known(form.mistake)
    return form


def prepared(net: nn.Module) -> tuple[dict[str, Any], tuple[Any, torch.Tensor]]:
    """What the net is made of, and (public numbers, which are now in it, images it takes)."""
    side, draw = student(awake, net), torch.Generator().manual_seed(5)
    told = described(net)
    if not any(fact["role"].startswith("conv") for fact in told["layers"]):
        raise known("layers-not-registered", "Found: no convolution. ")
    weights = drawn_weights(told, draw)
    images = torch.randn(5, 3, side, side, generator=draw)
    weights = centred(told, weights, images)
    filled(net, {k: v.numpy() for k, v in weights.items()})
    return told, (weights, images)


def followed(net: nn.Module, told: dict[str, Any], given: tuple[Any, torch.Tensor]) -> Form | None:
    """The form that explains the net's logits in eval mode, None for no known one.

    Raises the Mistake of a net that gives other logits each time.
    """
    y, again = (student(_logits, net.eval(), given[1]) for _ in range(2))
    form = next((form for form in FORMS if explains(form, told, y, *given)), None)
    if form is None and not close(again, y):
        raise known("random-in-eval")
    return form


@torch.no_grad()
def _logits(net: nn.Module, images: torch.Tensor) -> torch.Tensor:
    y = first(net(images))
    if not isinstance(y, torch.Tensor):
        raise TypeError(f"forward() gave {type(y).__name__}, expected a tensor of logits")
    return y


def judge_gradients(net: nn.Module) -> None:
    """Raise the Mistake that train mode shows; a wrong form is a matter of ``judge_logits``."""
    told, (weights, images) = prepared(net)
    form = followed(net, told, (weights, images))
    columns = student(_logits, net.eval(), images).shape[-1]
    direction = torch.randn(5, columns, generator=torch.Generator().manual_seed(6))
    y, came = student(gradients, net, images, direction)
    if form is None:  # no numbers to hold these against: only whether each layer is reached
        expected_y, expected = (
            y,
            {k: w for k, w in weights.items() if k.startswith("conv") and "weight" in k},
        )
    else:
        expected_y, expected = gradients_of(form, told, weights, images, direction)
    missing = sorted(k for k in expected if k not in came)
    if missing:
        raise known("gradient-cut", f"No gradient for {missing[0]}. ")
    if form is None:
        return
    if not close(y, expected_y):
        raise known("random-in-training")
    if wrong := [k for k in expected if k.endswith("weight") and not close(came[k], expected[k])]:
        raise known("gradient-cut", f"The gradient of {wrong[0]} is not the reference's. ")
