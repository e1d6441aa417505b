"""DeepLiftShap: each nonlinearity's change against empty pictures, passed back to the pixels."""

from __future__ import annotations

import warnings

import torch

from glaucam.errors import ModelError
from glaucam.methods.input import InputMethod, Score
from glaucam.methods.references import reference_images
from glaucam.methods.twin import hookable_twin
from glaucam.registry import METHODS


@METHODS.register("deep_lift_shap")
class DeepLiftShap(InputMethod):
    """raw map = Σ_channels mean over reference images x₀ of (x − x₀) ⊙ m, with DeepLIFT's rescale
    multipliers m  (Shrikumar et al. 2017, eq. 8; Lundberg and Lee 2017, sec. 4.2).

    Its values sum to y(x) − mean y(x₀), or it refuses: on a network whose nonlinearities are no
    modules, or of a kind the rescale rule is not made for, they would sum to something else.
    """

    title = "DeepLiftShap"
    paper = "Lundberg and Lee 2017, A unified approach to interpreting model predictions"
    needs_gradients = True
    cost = "6 passes to and fro through the whole network, per image and class"

    tolerance = 0.01  # of the score's change, at most, may be missing from the map's sum

    def attribution(self, score: Score, images: torch.Tensor) -> torch.Tensor:
        twin = Score(hookable_twin(score.model, images[:1]), score.target)
        return torch.cat([self._of_one(twin, image[None]) for image in images])

    def _of_one(self, score: Score, image: torch.Tensor) -> torch.Tensor:
        references = reference_images(image)
        parts = by_captum(score, image, references).sum(dim=1)
        with torch.no_grad():
            change = score(image) - score(references)  # [R]
        missing = (parts.sum() - change.mean()).abs()
        if missing > self.tolerance * change.abs().max():
            raise ModelError(
                f"deep_lift_shap does not add up on {type(score.model).__name__}: its map misses "
                f"{missing / change.abs().max():.0%} of the score's change, for some nonlinearity "
                "is not a ReLU, sigmoid, tanh, softmax or max-pool module used on its own; choose "
                "gradient_shap"
            )
        return parts


def by_captum(score: Score, image: torch.Tensor, references: torch.Tensor) -> torch.Tensor:
    """captum's attribution of one image [1,3,H,W]; its failures as one line."""
    from captum.attr import DeepLiftShap as Captum

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # captum announces its hooks, which are on the twin
            return Captum(score).attribute(image, references)
    except (AssertionError, RuntimeError, TypeError) as error:
        raise ModelError(
            f"captum cannot run deep_lift_shap on {type(score.model).__name__} "
            f"({' '.join(str(error).split())[:120]}); choose gradient_shap"
        ) from error
