"""Deletion and insertion: how the probability moves as pixels go or come, hottest first.

Both see only the ranking of the pixels, and show the network pictures unlike any it was trained on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from glaucam.errors import InputError
from glaucam.metrics.base import Metric, as_heatmap_array
from glaucam.registry import METRICS

if TYPE_CHECKING:
    import torch

Predict = Callable[["torch.Tensor"], Any]
"""Images [M,3,H,W] → the explained class's probabilities [M], tensor or array."""

BATCH = 64
SUBSTRATES = ("zero", "blur")


def deletion_auc(
    predict: Predict,
    image: torch.Tensor,
    heatmap: Any,
    step: int | None = None,
    substrate: str = "zero",
) -> float | None:
    """Area under the probability while the hottest pixels are deleted; low is good.

    ``image``: [3,H,W], preprocessed. ``heatmap``: [H,W]. ``step`` pixels go at a time, by default
    one image row; what goes becomes 0 (an even mean colour) or, with ``substrate="blur"``, the
    blurred image. None where there is no heat to rank. Petsiuk et al. 2018 (RISE), sec. 4.3.
    """
    return curve_auc(predict, image, emptied(image, substrate), heatmap, step)


def insertion_auc(
    predict: Predict,
    image: torch.Tensor,
    heatmap: Any,
    step: int | None = None,
    substrate: str = "blur",
) -> float | None:
    """Area under the probability while the hottest pixels come back; high is good.

    Starts from the blurred image, or from 0 with ``substrate="zero"``; the rest as in
    ``deletion_auc``.
    """
    return curve_auc(predict, emptied(image, substrate), image, heatmap, step)


def curve_auc(
    predict: Predict, start: torch.Tensor, end: torch.Tensor, heatmap: Any, step: int | None
) -> float | None:
    """(Σs − s₀/2 − s_N/2) / N over the N+1 scores s on the way; None where there is no heat."""
    L = as_heatmap_array(heatmap)
    if L.max() == 0:
        return None
    s = curve(predict, start, end, L, step)
    return float((s.sum() - s[0] / 2 - s[-1] / 2) / (len(s) - 1))


def curve(
    predict: Predict, start: torch.Tensor, end: torch.Tensor, heatmap: Any, step: int | None = None
) -> np.ndarray:
    """The score after 0, step, 2·step, … of the hottest pixels of ``start`` became ``end``'s.

    Ties go in reading order. float64 [N+1]; the last score is of ``end`` itself.
    """
    import torch

    L = as_heatmap_array(heatmap)
    if start.ndim != 3 or start.shape[1:] != L.shape:
        raise InputError(
            f"image has shape {list(start.shape)}, the heatmap {list(L.shape)}: expected [3,H,W] "
            "and [H,W] of one size"
        )
    step = L.shape[1] if step is None else step
    if step < 1:
        raise InputError(f"step is {step}, expected a whole number of pixels from 1 on")
    rank = torch.from_numpy(ranks(L)).to(start.device)
    gone = torch.arange(0, L.size + step, step, device=start.device)  # pixels changed so far
    scores = [
        as_scores(predict(torch.where(rank < some[:, None, None, None], end, start)), len(some))
        for some in gone.split(BATCH)
    ]
    return np.concatenate(scores)


def ranks(L: np.ndarray) -> np.ndarray:
    """Each pixel's place, 0 the hottest, int64 [H,W]; ties in reading order."""
    rank = np.empty(L.size, np.int64)
    rank[np.argsort(-L, axis=None, kind="stable")] = np.arange(L.size)
    return rank.reshape(L.shape)


def emptied(image: torch.Tensor, substrate: str) -> torch.Tensor:
    """What takes the place of pixels: 0, or the image blurred by an 11×11 Gaussian of σ 5."""
    if substrate not in SUBSTRATES:
        raise InputError(f"substrate {substrate!r}; expected one of {', '.join(SUBSTRATES)}")
    if substrate == "zero":
        return image * 0
    from torchvision.transforms.functional import gaussian_blur

    return gaussian_blur(image, [11, 11], [5.0, 5.0])


def as_scores(answer: Any, n: int) -> np.ndarray:
    """What ``predict`` gave, as float64 [n]; InputError if it is something else."""
    if hasattr(answer, "detach"):
        answer = answer.detach().cpu().numpy()
    scores = np.asarray(answer, dtype=np.float64)
    if scores.shape != (n,) or not np.isfinite(scores).all():
        raise InputError(
            f"predict gave shape {list(scores.shape)} for {n} images, expected {n} finite numbers: "
            "return the probability of one class"
        )
    return scores


@METRICS.register("deletion")
class Deletion(Metric):
    """Area under the probability while the hottest pixels are set to 0, a row's worth at a time."""

    title = "Deletion AUC"
    paper = "Petsiuk et al. 2018, RISE: randomized input sampling for explanation"
    higher_is_better = False
    needs = ("image", "predict")
    chance = None

    def __call__(  # type: ignore[override]
        self, heatmap: Any, image: torch.Tensor, predict: Predict
    ) -> float | None:
        return deletion_auc(predict, image, heatmap)


@METRICS.register("deletion_blur")
class DeletionBlur(Metric):
    """The same with the blurred image in place of 0: a second opinion on what deleting does."""

    title = "Deletion AUC, blurred"
    paper = "after Petsiuk et al. 2018, RISE; blurred substrate"
    higher_is_better = False
    needs = ("image", "predict")
    chance = None

    def __call__(  # type: ignore[override]
        self, heatmap: Any, image: torch.Tensor, predict: Predict
    ) -> float | None:
        return deletion_auc(predict, image, heatmap, substrate="blur")


@METRICS.register("insertion")
class Insertion(Metric):
    """Area under the probability while the hottest pixels come back into the blurred image."""

    title = "Insertion AUC"
    paper = "Petsiuk et al. 2018, RISE: randomized input sampling for explanation"
    higher_is_better = True
    needs = ("image", "predict")
    chance = None

    def __call__(  # type: ignore[override]
        self, heatmap: Any, image: torch.Tensor, predict: Predict
    ) -> float | None:
        return insertion_auc(predict, image, heatmap)
