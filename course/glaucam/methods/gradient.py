"""Vanilla gradient: which pixels would change the score most."""

from __future__ import annotations

import torch

from glaucam.methods.input import InputMethod, Score, gradient
from glaucam.registry import METHODS


@METHODS.register("gradient")
class Gradient(InputMethod):
    """raw map = max over channels of |∂y/∂x|  (Simonyan et al. 2014, sec. 3.1); never negative."""

    title = "Vanilla gradient"
    paper = "Simonyan et al. 2014, Deep inside convolutional networks"
    needs_gradients = True
    cost = "an inference and a backward pass through the whole network, per target"
    is_linear = False

    def attribution(self, score: Score, images: torch.Tensor) -> torch.Tensor:
        return gradient(score, images).abs().amax(dim=1)
