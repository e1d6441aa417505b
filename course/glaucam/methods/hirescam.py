"""HiResCAM: each place weighted by its own gradient."""

from __future__ import annotations

import torch

from glaucam.methods.base import Method
from glaucam.registry import METHODS


@METHODS.register("hirescam")
class HiResCAM(Method):
    """raw map = Σ_k ∂y/∂A^k ⊙ A^k  (Draelos and Carin 2020, eq. 5)."""

    title = "HiResCAM"
    paper = "Draelos and Carin 2020, Use HiResCAM instead of Grad-CAM for faithful explanations"
    needs_gradients = True
    cost = "one inference and a backward pass through the head"

    def raw_map(self, activations: torch.Tensor, gradients: torch.Tensor) -> torch.Tensor:
        return (gradients * activations).sum(dim=1)
