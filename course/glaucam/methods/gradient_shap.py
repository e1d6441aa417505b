"""GradientShap: gradients at random points between the image and empty pictures, averaged."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch

from glaucam.methods.input import InputMethod, Score
from glaucam.methods.references import reference_images
from glaucam.registry import METHODS


@METHODS.register("gradient_shap")
class GradientShap(InputMethod):
    """raw map = Σ_channels mean over draws of (x − x₀) ⊙ ∂y/∂x(x₀ + a (x − x₀)), with x₀ drawn from
    the reference images and a from [0,1]  (Lundberg and Lee 2017; Erion et al. 2021).

    It estimates SHAP values by sampling and assumes that the inputs are independent and the network
    nearly linear. Every image gets the same draws, so its map does not hang on the rest of a batch.
    """

    title = "GradientShap"
    paper = "Lundberg and Lee 2017, A unified approach to interpreting model predictions"
    needs_gradients = True
    cost = "24 backward passes through the whole network, per image and class"

    draws = 24
    seed = 0

    def attribution(self, score: Score, images: torch.Tensor) -> torch.Tensor:
        return torch.cat([self._of_one(score, image[None]) for image in images])

    def _of_one(self, score: Score, image: torch.Tensor) -> torch.Tensor:
        from captum.attr import GradientShap as Captum

        with drawn_from(self.seed):
            parts = Captum(score).attribute(image, reference_images(image), n_samples=self.draws)
        return parts.sum(dim=1)


@contextmanager
def drawn_from(seed: int) -> Iterator[None]:
    """torch and numpy draw from ``seed`` while the block lasts; numpy's state is put back here,

    torch's by ``preserved``, inside which every method runs.
    """
    kept = np.random.get_state()  # captum draws from the global state
    torch.manual_seed(seed)
    np.random.seed(seed)
    try:
        yield
    finally:
        np.random.set_state(kept)
