"""Wrong turns on the way to a Grad-CAM heatmap, so that a check can name the one it meets."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch

from glaucam.checks.a3_misconceptions import known
from glaucam.checks.accepted import TOLERANCE, accepted_heatmaps, distance, enlarged, scaled
from glaucam.checks.base import Mistake
from glaucam.methods.base import Capture


def wrong_raw_maps(captured: Capture, class_index: int) -> Iterator[tuple[str, torch.Tensor]]:
    """Raw maps [N,h,w] of the wrong formulas, by misconception, the commonest first."""
    A, y = captured.activations, captured.logits.detach()
    each = [captured.gradients(k) for k in range(y.shape[1])]
    dA, everything = each[class_index], torch.stack(each)  # [N,C,h,w], [K,N,C,h,w]
    p = y.softmax(dim=1)[..., None, None, None]  # [N,K,1,1,1]
    mixed = (everything * p.transpose(0, 1)).sum(0)
    alpha = dA.mean(dim=(2, 3), keepdim=True)
    yield "softmax-score", cam(A, p[:, class_index] * (dA - mixed))
    yield "loss-gradient", cam(A, mixed - dA)
    yield "classes-summed", cam(A, everything.sum(0))
    for other in range(len(each)):
        if other != class_index:
            yield "wrong-class", cam(A, each[other])
    yield "predicted-class", cam(A, everything[y.argmax(1), torch.arange(len(y))])
    yield "overwritten-in-place", cam(A.clamp(min=0), dA)
    yield "gradient-times-activation", (dA * A).sum(1)
    yield "max-pooled-gradients", (dA.amax(dim=(2, 3), keepdim=True) * A).sum(1)
    yield "relu-on-weights", (alpha.clamp(min=0) * A).sum(1)
    yield "batch-averaged-gradients", cam(A, dA.mean(0, keepdim=True).expand_as(dA))
    yield "activations-only", A.mean(1)
    yield "gradients-only", dA.mean(1)


def cam(A: torch.Tensor, dA: torch.Tensor) -> torch.Tensor:
    """Σ_k α_k A^k with α_k the mean of the gradient."""
    return (dA.mean(dim=(2, 3), keepdim=True) * A).sum(1)


def wrong_finishes(raw: torch.Tensor, size: tuple[int, int]) -> Iterator[tuple[str, torch.Tensor]]:
    """Heatmaps [N,H,W] that end wrongly though the raw map is right."""
    L = raw.clamp(min=0)
    for corners in (False, True):
        yield "no-relu", enlarged(scaled(raw, min_max=True), size, corners=corners)
        yield "no-relu", scaled(enlarged(raw, size, corners=corners), min_max=True)
        yield "no-relu", enlarged(scaled(raw), size, corners=corners)
        large = enlarged(L, size, corners=corners)
        yield "batch-normalised", large / large.max()
        yield "batch-normalised", enlarged(L / L.max(), size, corners=corners)
        yield "inverted-map", 1 - enlarged(scaled(L), size, corners=corners)
    for way in accepted_heatmaps(raw.abs(), size):
        yield "absolute-map", way
    yield "nearest-upsampling", enlarged(scaled(L), size, mode="nearest")


def recognise(
    answer: np.ndarray, raw: torch.Tensor, captured: Capture, class_index: int
) -> Mistake:
    """Name the wrong turn that gives ``answer`` [N,H,W], or say how far off it is."""
    size = (answer.shape[1], answer.shape[2])
    for name, heatmap in wrong_finishes(raw, size):
        if distance(answer, heatmap) <= TOLERANCE:
            return known(name)
    for name, wrong in wrong_raw_maps(captured, class_index):
        if _leads_to(answer, wrong, size):
            return known(name)
    away = min(distance(answer, way) for way in accepted_heatmaps(raw, size))
    far = f"up to {away:.2f} away from the right heatmap" if np.isfinite(away) else "not finite"
    return Mistake(
        f"Your map is {far}, and it is none of the common mistakes.",
        "Follow the steps on one image, printing shapes: A and its gradient, α, the sum, ReLU.",
    )


def _leads_to(answer: np.ndarray, raw: torch.Tensor, size: tuple[int, int]) -> bool:
    return any(distance(answer, way) <= TOLERANCE for way in accepted_heatmaps(raw, size))
