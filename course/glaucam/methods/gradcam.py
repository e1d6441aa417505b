"""Grad-CAM: channels weighted by their mean gradient."""

from __future__ import annotations

import torch

from glaucam.methods.base import Method
from glaucam.registry import METHODS


@METHODS.register("gradcam")
class GradCAM(Method):
    """α_k = mean_ij ∂y/∂A^k_ij;  raw map = Σ_k α_k A^k  (Selvaraju et al. 2017, eq. 1 and 2)."""

    title = "Grad-CAM"
    paper = "Selvaraju et al. 2017, Grad-CAM: visual explanations from deep networks"
    needs_gradients = True
    cost = "one inference and a backward pass through the head"

    def raw_map(self, activations: torch.Tensor, gradients: torch.Tensor) -> torch.Tensor:
        alpha = gradients.mean(dim=(2, 3))  # [N,C]
        return torch.einsum("nc,nchw->nhw", alpha, activations)
