"""What the network still says when it is shown only what the heatmap lets through."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from glaucam.errors import InputError
from glaucam.metrics.base import Metric, as_heatmap_array
from glaucam.metrics.perturbation import Predict, as_scores
from glaucam.registry import METRICS

if TYPE_CHECKING:
    import torch


def whole_and_masked(
    predict: Predict, image: torch.Tensor, heatmap: Any
) -> tuple[float, float] | None:
    """Y = f(x) and O = f(L ⊙ x), image [3,H,W], heatmap L [H,W]; None where there is no heat.

    L multiplies preprocessed values: what it hides becomes an even mean colour.
    """
    import torch

    L = as_heatmap_array(heatmap)
    if image.ndim != 3 or image.shape[1:] != L.shape:
        raise InputError(
            f"image has shape {list(image.shape)}, the heatmap {list(L.shape)}: expected [3,H,W] "
            "and [H,W] of one size"
        )
    if L.max() == 0:
        return None
    shown = image * torch.from_numpy(L).to(image)
    Y, O = as_scores(predict(torch.stack([image, shown])), 2)
    return float(Y), float(O)


def average_drop(predict: Predict, image: torch.Tensor, heatmap: Any) -> float | None:
    """100 · max(0, Y − O) / Y of one image; the mean over images is the average drop in %.

    None where there is no heat, or where Y is 0. Chattopadhay et al. 2018, sec. 4.1.
    """
    scores = whole_and_masked(predict, image, heatmap)
    if scores is None or scores[0] <= 0:
        return None
    Y, O = scores
    return 100 * max(0.0, Y - O) / Y


def increase(predict: Predict, image: torch.Tensor, heatmap: Any) -> float | None:
    """100 where Y < O, else 0; the mean over images is the % increase in confidence.

    None where there is no heat. Chattopadhay et al. 2018, sec. 4.1.
    """
    scores = whole_and_masked(predict, image, heatmap)
    return None if scores is None else 100.0 * (scores[0] < scores[1])


@METRICS.register("average_drop")
class AverageDrop(Metric):
    """How much of the probability is lost, in %, when only the heat is let through."""

    title = "Average drop %"
    paper = "Chattopadhay et al. 2018, Grad-CAM++"
    higher_is_better = False
    needs = ("image", "predict")
    chance = None

    def __call__(  # type: ignore[override]
        self, heatmap: Any, image: torch.Tensor, predict: Predict
    ) -> float | None:
        return average_drop(predict, image, heatmap)


@METRICS.register("increase")
class Increase(Metric):
    """The % of images whose probability rises when only the heat is let through."""

    title = "% increase in confidence"
    paper = "Chattopadhay et al. 2018, Grad-CAM++"
    higher_is_better = True
    needs = ("image", "predict")
    chance = None

    def __call__(  # type: ignore[override]
        self, heatmap: Any, image: torch.Tensor, predict: Predict
    ) -> float | None:
        return increase(predict, image, heatmap)
