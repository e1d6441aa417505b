"""Wrong turns on the way to a Grad-CAM heatmap, so that a check can name the one it meets."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch

from glaucam.checks.accepted import TOLERANCE, accepted_heatmaps, distance, enlarged, scaled
from glaucam.checks.base import Mistake
from glaucam.methods.base import Capture

# misconception id → (what the answer is instead and why that is tempting, what to do)
WORDS = {
    "no-relu": (
        "This is the map without ReLU, stretched from its minimum: places that speak against the "
        "class get a warm colour too. It looks richer, which is why people prefer it.",
        "ReLU first; only then scale.",
    ),
    "abs-instead-of-relu": (
        "This is the absolute value of the raw map: evidence against the class looks like evidence "
        "for it. Tempting when a map comes out empty; an empty map is an answer.",
        "Replace abs by ReLU.",
    ),
    "softmax-score": (
        "This is the gradient of the probability, not of the logit. The softmax mixes all classes "
        "into y, so what you see is the contrast map, and nothing at all once p is near 1.",
        "Take y from the logits [N,K], before any softmax.",
    ),
    "loss-score": (
        "This is the gradient of the cross-entropy. A loss points where the score should fall: "
        "the sign is turned round and the other class is mixed in.",
        "y is the logit of the asked class.",
    ),
    "other-class": (
        "This is the map of the other class.",
        "y = logits[:, class_index], with the class_index that came in.",
    ),
    "summed-classes": (
        "This is the map of all logits added up. Summing the whole output is the shortest way to a "
        "scalar, but then class_index plays no part.",
        "Choose the column class_index before summing over the batch.",
    ),
    "predicted-class": (
        "This explains the class each image is predicted as, not the one asked for.",
        "Use class_index, whatever the prediction.",
    ),
    "no-pooling": (
        "This is the gradient times the activation, place by place (HiResCAM): a fine method with "
        "another name. On networks that end in average pooling the two agree, so nobody notices.",
        "α is the mean of the gradient over height and width.",
    ),
    "max-pooled": (
        "Here α is the largest gradient in each channel, not the mean.",
        "α = gradient.mean(dim=(2, 3), keepdim=True).",
    ),
    "relu-on-weights": (
        "Here ReLU was put on α. Channels that speak against the class must be able to lower the "
        "sum; the ReLU comes after it.",
        "ReLU of the sum, not of the weights.",
    ),
    "no-weights": (
        "This is the plain mean of the activations: what excites the layer, whatever the class.",
        "Weigh each channel by its α.",
    ),
    "gradient-only": (
        "This is the mean gradient alone, without the activations.",
        "Multiply α by A before summing over channels.",
    ),
    "batch-normalised": (
        "Each map was divided by the maximum of the whole batch: an image's colours then depend "
        "on its neighbours.",
        "Take the maximum over dim=(1, 2) with keepdim=True.",
    ),
    "batch-averaged": (
        "The gradient was averaged over the batch: every image gets the same α.",
        "α has the shape [N,C,1,1], one row per image.",
    ),
    "nearest-upsampling": (
        "The map was enlarged with hard-edged squares (nearest, the default of F.interpolate).",
        "mode='bilinear'.",
    ),
    "inverted": (
        "The map is upside down: hot where the evidence is least.",
        "L / L.max(), not 1 − that.",
    ),
    "activation-overwritten": (
        "These are the activations after the ReLU that follows the target layer: it works in place "
        "and wrote over the tensor you kept.",
        "Keep output.detach().clone() in the hook, and pass on a clone.",
    ),
}


def wrong_raw_maps(captured: Capture, class_index: int) -> Iterator[tuple[str, torch.Tensor]]:
    """Raw maps [N,h,w] of the wrong formulas, by misconception, the commonest first."""
    A, y = captured.activations, captured.logits.detach()
    each = [captured.gradients(k) for k in range(y.shape[1])]
    dA, everything = each[class_index], torch.stack(each)  # [N,C,h,w], [K,N,C,h,w]
    p = y.softmax(dim=1)[..., None, None, None]  # [N,K,1,1,1]
    mixed = (everything * p.transpose(0, 1)).sum(0)
    alpha = dA.mean(dim=(2, 3), keepdim=True)
    yield "softmax-score", cam(A, p[:, class_index] * (dA - mixed))
    yield "loss-score", cam(A, mixed - dA)
    yield "summed-classes", cam(A, everything.sum(0))
    for other in range(len(each)):
        if other != class_index:
            yield "other-class", cam(A, each[other])
    yield "predicted-class", cam(A, everything[y.argmax(1), torch.arange(len(y))])
    yield "activation-overwritten", cam(A.clamp(min=0), dA)
    yield "no-pooling", (dA * A).sum(1)
    yield "max-pooled", (dA.amax(dim=(2, 3), keepdim=True) * A).sum(1)
    yield "relu-on-weights", (alpha.clamp(min=0) * A).sum(1)
    yield "batch-averaged", cam(A, dA.mean(0, keepdim=True).expand_as(dA))
    yield "no-weights", A.mean(1)
    yield "gradient-only", dA.mean(1)


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
        yield "inverted", 1 - enlarged(scaled(L), size, corners=corners)
    for way in accepted_heatmaps(raw.abs(), size):
        yield "abs-instead-of-relu", way
    yield "nearest-upsampling", enlarged(scaled(L), size, mode="nearest")


def recognise(
    answer: np.ndarray, raw: torch.Tensor, captured: Capture, class_index: int
) -> Mistake:
    """Name the wrong turn that gives ``answer`` [N,H,W], or say how far off it is."""
    size = (answer.shape[1], answer.shape[2])
    for name, heatmap in wrong_finishes(raw, size):
        if distance(answer, heatmap) <= TOLERANCE:
            return Mistake(*WORDS[name], name)
    for name, wrong in wrong_raw_maps(captured, class_index):
        if _leads_to(answer, wrong, size):
            return Mistake(*WORDS[name], name)
    away = min(distance(answer, way) for way in accepted_heatmaps(raw, size))
    far = f"up to {away:.2f} away from the right heatmap" if np.isfinite(away) else "not finite"
    return Mistake(
        f"Your map is {far}, and it is none of the common mistakes.",
        "Follow the steps on one image, printing shapes: A and its gradient, α, the sum, ReLU.",
    )


def _leads_to(answer: np.ndarray, raw: torch.Tensor, size: tuple[int, int]) -> bool:
    return any(distance(answer, way) <= TOLERANCE for way in accepted_heatmaps(raw, size))
