"""Grad-CAM++: channels weighted by their positive gradients, so that small finds count too."""

from __future__ import annotations

import torch

from glaucam.methods.base import Method
from glaucam.registry import METHODS


@METHODS.register("gradcam_plus_plus")
class GradCAMPlusPlus(Method):
    """raw map = Σ_k w_k A^k, w_k = Σ_ij α^k_ij ReLU(g^k_ij), with g = ∂y/∂A^k and
    α = g² / (2 g² + Σ_ab A^k_ab · g³)  (Chattopadhay et al. 2018, eq. 5 and 19).

    The paper explains exp(y): the derivatives of y give the same map but for a positive factor,
    which exp(y) would let overflow. Where g > 0, α·g is g / (2 + g ΣA), which needs no eps for
    faint gradients; where g ≤ 0 the ReLU leaves nothing; at a pole (ΣA < 0 only) nothing either.
    """

    title = "Grad-CAM++"
    paper = "Chattopadhay et al. 2018, Grad-CAM++: generalized gradient-based visual explanations"
    needs_gradients = True
    cost = "one inference and a backward pass through the head"

    def raw_map(self, activations: torch.Tensor, gradients: torch.Tensor) -> torch.Tensor:
        rising = gradients.clamp(min=0)  # ReLU(g)
        divisor = 2 + rising * activations.sum(dim=(2, 3), keepdim=True)
        pole = divisor == 0
        weights = torch.where(pole, 0, rising / torch.where(pole, 1, divisor)).sum(dim=(2, 3))
        return torch.einsum("nc,nchw->nhw", weights, activations)
