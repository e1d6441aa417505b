"""What methods share that explain the image itself: a score of images, and a way back to them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import Any, ClassVar

import torch
from torch import nn

from glaucam.errors import ModelError
from glaucam.methods.base import Look, Method
from glaucam.methods.target import Target, class_logit
from glaucam.models.state import preserved
from glaucam.models.trace import describe

INPUT = "input"  # what Explanation.target_layer says of these methods


class Score(nn.Module):
    """A target as a function of images: [N,3,H,W] → [N], differentiable."""

    def __init__(self, model: nn.Module, target: Target) -> None:
        super().__init__()
        self.model, self.target = model, target

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.target.score(logits_of(self.model, images))


class InputMethod(Method):
    """A method that works on the image: subclass, register, and write ``attribution``.

    Its raw maps have the image's size; a target layer that is asked for is not read.
    """

    is_linear: ClassVar[bool] = True  # the map of a difference is the difference of the maps

    def attribution(self, score: Score, images: torch.Tensor) -> torch.Tensor:
        """A score of images and the images [N,3,H,W] → raw maps [N,H,W], signed where it can be."""
        raise NotImplementedError

    @contextmanager
    def look_at(
        self, model: nn.Module, images: torch.Tensor, target_layer: str | None = None
    ) -> Iterator[Look]:
        with open_to_the_input(model):
            images = images.detach().clone()

            def raw_map(target: Target) -> torch.Tensor:
                return self.attribution(Score(model, target), images).detach()

            of_class = cache(lambda k: raw_map(class_logit(k)))
            yield Look(
                logits_of(model, images).detach(),
                INPUT,
                (lambda target: target.combined(of_class)) if self.is_linear else raw_map,
            )


def logits_of(model: nn.Module, images: torch.Tensor) -> torch.Tensor:
    """The logits [N,K] of images [N,3,H,W], which are not written to; ModelError if it has none."""
    logits = model(images.clone())  # a first layer may write into its input
    if not isinstance(logits, torch.Tensor) or logits.ndim != 2:
        raise ModelError(f"expected raw logits [N,classes], got {describe(logits)}")
    return logits


def gradient(score: Score, images: torch.Tensor) -> torch.Tensor:
    """∂score/∂image of every image, [N,3,H,W]. Raises ModelError where there is no way back."""
    leaf = images.detach().clone().requires_grad_()
    total = score(leaf).sum()
    found = torch.autograd.grad(total, leaf, allow_unused=True)[0] if total.requires_grad else None
    if found is None:
        raise ModelError(
            "no gradient leads from the logits back to the images: the network detaches them on "
            "the way; choose occlusion, which needs none"
        )
    return found


@contextmanager
def open_to_the_input(model: nn.Module) -> Iterator[None]:
    """Gradients can be walked from the logits to the images while the block lasts.

    Also where the network shuts gradients off around a backbone of its own: what that gives is
    handed on as a copy, for nobody minded there what is written in place. Afterwards the network is
    as it was.
    """
    reopened: set[nn.Module] = set()

    def before(module: nn.Module, _inputs: Any) -> None:
        if not torch.is_grad_enabled():
            torch.set_grad_enabled(True)
            reopened.add(module)

    def after(module: nn.Module, _inputs: Any, output: Any) -> Any:
        if module in reopened and isinstance(output, torch.Tensor):
            return output.clone()
        return output

    with preserved(model), torch.inference_mode(False), torch.enable_grad(), ExitStack() as hooks:
        for module in model.modules():
            hooks.callback(module.register_forward_pre_hook(before).remove)
            hooks.callback(module.register_forward_hook(after).remove)
        yield
