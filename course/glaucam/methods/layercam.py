"""LayerCAM: each place weighted by its own gradient, where that is positive."""

from __future__ import annotations

import torch

from glaucam.methods.base import Method
from glaucam.registry import METHODS


@METHODS.register("layercam")
class LayerCAM(Method):
    """raw map = Σ_k ReLU(∂y/∂A^k) ⊙ A^k  (Jiang et al. 2021, eq. 5 and 6)."""

    title = "LayerCAM"
    paper = "Jiang et al. 2021, LayerCAM: exploring hierarchical class activation maps"
    needs_gradients = True
    cost = "one inference and a backward pass through the head"

    def raw_map(self, activations: torch.Tensor, gradients: torch.Tensor) -> torch.Tensor:
        return (gradients.clamp(min=0) * activations).sum(dim=1)
