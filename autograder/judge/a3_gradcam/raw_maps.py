"""Raw maps [N,h,w] from A and gradients [N,C,h,w]: the right weighting, and those students write.

Sources: Selvaraju et al. 2017 eq. 1 for the right one; HiResCAM (Draelos & Carin 2020), LayerCAM
(Jiang et al. 2021), Grad-CAM++ (Chattopadhay et al. 2018) and XGrad-CAM (Fu et al. 2020) are right
answers to other questions.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from autograder.judge.a3_gradcam.evidence import Evidence

PLACES = (2, 3)
RawMap = Callable[["Evidence"], torch.Tensor]


def weigh(weights: torch.Tensor, A: torch.Tensor) -> torch.Tensor:
    """Σ_k weights_k A_k."""
    return (weights * A).sum(1)


def of_score(score: str) -> RawMap:
    """Σ_k mean(∂score/∂A_k) A_k."""
    return lambda e: weigh(e.gradients[score].mean(PLACES, keepdim=True), e.A)


def pooled(change: Callable[[torch.Tensor], torch.Tensor]) -> RawMap:
    """The gradient is changed before it is averaged."""
    return lambda e: weigh(change(e.gradients["score"]).mean(PLACES, keepdim=True), e.A)


def averaged(axes: int | tuple[int, ...]) -> RawMap:
    """The gradient is averaged over other axes than the places."""
    return lambda e: weigh(e.gradients["score"].mean(axes, keepdim=True), e.A)


def channel(number: int | None, of: str = "A") -> RawMap:
    """One channel of A, or its part of the sum; None: the one with the class's number."""

    def raw(e: Evidence) -> torch.Tensor:
        k = number if number is not None else e.target if isinstance(e.target, int) else 0
        return e.A[:, k] if of == "A" else (e.alpha * e.A)[:, k]

    return raw


def plus_plus(e: Evidence) -> torch.Tensor:
    """Grad-CAM++ with its usual second-order short cut."""
    g = e.gradients["score"]
    scale = 2 * g**2 + (e.A * g**3).sum(PLACES, keepdim=True)
    a = torch.where(scale != 0, g**2 / torch.where(scale != 0, scale, 1), torch.zeros_like(g))
    return weigh((a * g.clamp(min=0)).sum(PLACES, keepdim=True), e.A)


def xgrad(e: Evidence) -> torch.Tensor:
    mass = e.A.sum(PLACES, keepdim=True)
    mass = torch.where(mass != 0, mass, torch.ones_like(mass))
    return weigh((e.gradients["score"] * e.A / mass).sum(PLACES, keepdim=True), e.A)


RAW: dict[str, RawMap] = {
    "gradcam": of_score("score"),
    "softmax": of_score("probability"),
    "log_softmax": of_score("log_probability"),
    "loss": of_score("loss"),
    "predicted_loss": of_score("predicted_loss"),
    "predicted_softmax": of_score("predicted_probability"),
    "summed": of_score("sum"),
    "pair": of_score("pair"),
    "predicted": of_score("predicted"),
    "least": of_score("least"),
    "magnitude": of_score("magnitude"),
    "other": of_score("other"),
    "previous": of_score("previous"),
    "rest": of_score("rest"),
    "rest_summed": of_score("rest_summed"),
    "first": of_score("first"),
    "second": of_score("second"),
    "last": of_score("last"),
    "ends": of_score("ends"),
    "max_pooled": lambda e: weigh(e.gradients["score"].amax(PLACES, keepdim=True), e.A),
    "min_pooled": lambda e: weigh(e.gradients["score"].amin(PLACES, keepdim=True), e.A),
    "elementwise": lambda e: weigh(e.gradients["score"], e.A),
    "relu_elementwise": lambda e: (e.gradients["score"] * e.A).clamp(min=0).sum(1),
    "layer_cam": lambda e: weigh(e.gradients["score"].clamp(min=0), e.A),
    "plus_plus": plus_plus,
    "xgrad": xgrad,
    "relu_weights": lambda e: weigh(e.alpha.clamp(min=0), e.A),
    "relu_channels": lambda e: (e.alpha * e.A).clamp(min=0).sum(1),
    "relu_gradients": pooled(lambda g: g.clamp(min=0)),
    "guided_gradients": lambda e: weigh(
        (e.gradients["score"].clamp(min=0) * (e.A > 0)).mean(PLACES, keepdim=True), e.A
    ),
    "absolute_gradients": pooled(torch.abs),
    "squared_gradients": pooled(torch.square),
    "absolute_weights": lambda e: weigh(e.alpha.abs(), e.A),
    "absolute_channels": lambda e: (e.alpha * e.A).abs().sum(1),
    "absolute": lambda e: weigh(e.alpha, e.A).abs(),
    "negated": lambda e: -weigh(e.alpha, e.A),
    "activations": lambda e: e.A.mean(1),
    "activation_peak": lambda e: e.A.amax(1),
    "activation_strength": lambda e: e.A.abs().mean(1),
    "gradient_only": lambda e: e.gradients["score"].mean(1),
    "gradient_magnitude": lambda e: e.gradients["score"].abs().mean(1),
    "gradient_peak": lambda e: e.gradients["score"].abs().amax(1),
    "from_ones": lambda e: 1 + weigh(e.alpha, e.A),
    "mean_from_ones": lambda e: 1 + (e.alpha * e.A).mean(1),
    "sum_from_ones": lambda e: 1 + weigh(e.gradients["score"].sum(PLACES, keepdim=True), e.A),
    "over_channels": averaged(1),
    "over_everything": averaged((1, 2, 3)),
    "over_rows": averaged(2),
    "over_columns": averaged(3),
    "strongest_channel": lambda e: (e.alpha * e.A).amax(1),
    "overwritten": lambda e: weigh(e.alpha, e.A.clamp(min=0)),
    "own_channel": channel(None),
    "own_weighted_channel": channel(None, "weighted"),
    "first_channel": channel(0),
    "first_weighted_channel": channel(0, "weighted"),
    "last_channel": channel(-1),
    "batch_averaged": lambda e: weigh(e.alpha.mean(0, keepdim=True), e.A),
}
