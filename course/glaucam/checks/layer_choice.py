"""Is the layer a student chose a right target layer, and if not, which misunderstanding is it?"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from glaucam.checks.base import Mistake, student
from glaucam.models.state import preserved
from glaucam.models.target_layer import target_layers

TRIAL = (1, 3, 96, 96)


def chosen_layer(find_target_layer: Any, net: nn.Module, label: str) -> str:
    """The dotted name of the student's choice where it is right; else a Mistake."""
    choice = student(find_target_layer, net)
    if not isinstance(choice, nn.Module):
        raise Mistake(
            f"{label}: you returned a {type(choice).__name__}; expected the module itself.",
            "net.get_submodule(name) turns a dotted name into the module.",
            "not-a-module",
        )
    names = {id(module): name for name, module in net.named_modules()}
    if id(choice) not in names:
        raise Mistake(
            f"{label}: this {type(choice).__name__} is not part of the network you were given; a "
            "hook on it would never run.",
            "Search in model.modules() of the argument, and return that object, not a copy.",
            "not-a-module",
        )
    name = names[id(choice)]
    right = target_layers(net, torch.zeros(TRIAL))
    if name not in right:
        raise _misplaced(label, net, choice, f"{name or 'the network itself'!r}", right)
    return name


def _misplaced(
    label: str, net: nn.Module, choice: nn.Module, name: str, right: list[str]
) -> Mistake:
    shape = _output_shape(net, choice)
    final = _output_shape(net, net.get_submodule(right[-1])) or []
    said = f"{label}: you chose {name}, which gives {shape or 'nothing'}. "
    if shape is None:
        why = "That layer does not run in the forward pass: being declared is not being used."
        return Mistake(said + why, "Watch the network run with forward hooks.", "layer-too-early")
    if len(shape) != 4 or shape[2] * shape[3] == 1:
        why = "The places are already gone there: Grad-CAM needs a map."
        return Mistake(said + why, "Go back to before the pooling.", "layer-after-collapse")
    if shape[1] != final[1]:
        why = f"The final feature map has {final[1]} channels: this is part of a block, or earlier."
        return Mistake(
            said + why, "Take the module that gives the whole block's result.", "layer-inside-block"
        )
    why = (
        "Later convolutions that the answer depends on follow it, or nothing that the answer uses."
    )
    help = "The last in order of running counts, among those the logits use; not the last declared."
    return Mistake(said + why, help, "layer-too-early")


def _output_shape(net: nn.Module, module: nn.Module) -> list[int] | None:
    """The shape a module gives in a forward pass; None where it gives none, or does not run."""
    shapes: list[list[int]] = []

    def note(_module: nn.Module, _inputs: Any, output: Any) -> None:
        if isinstance(output, torch.Tensor):
            shapes.append(list(output.shape))

    handle = module.register_forward_hook(note)
    try:
        with preserved(net), torch.no_grad():
            net(torch.zeros(TRIAL))
    finally:
        handle.remove()
    return shapes[-1] if shapes else None
