"""Integrated Gradients: the gradient added up on the way from an empty picture to the image."""

from __future__ import annotations

import torch

from glaucam.methods.input import InputMethod, Score
from glaucam.registry import METHODS


@METHODS.register("integrated_gradients")
class IntegratedGradients(InputMethod):
    """raw map = Σ_channels (x − x₀) ⊙ ∫₀¹ ∂y/∂x(x₀ + a (x − x₀)) da  (Sundararajan et al. 2017).

    x₀ is 0 in preprocessed units: an eye of even mean colour. Its values sum to y(x) − y(x₀), up to
    the error of the ``steps`` Gauss-Legendre points that captum places on the way.
    """

    title = "Integrated Gradients"
    paper = "Sundararajan et al. 2017, Axiomatic attribution for deep networks"
    needs_gradients = True
    cost = "32 backward passes through the whole network, per class"

    steps = 32
    batch = 32  # images on the way that are held in memory together

    def attribution(self, score: Score, images: torch.Tensor) -> torch.Tensor:
        from captum.attr import IntegratedGradients as Captum

        parts = Captum(score).attribute(
            images,
            baselines=torch.zeros_like(images),
            n_steps=self.steps,
            internal_batch_size=max(self.batch, len(images)),
        )
        return parts.sum(dim=1)
