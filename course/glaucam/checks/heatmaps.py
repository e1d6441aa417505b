"""Ask the student's code for heatmaps, and compare them with every right answer."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import torch
from torch import nn

from glaucam.checks.a3_misconceptions import known
from glaucam.checks.accepted import as_heatmaps, enlarged, is_accepted, scaled
from glaucam.checks.base import Mistake, student
from glaucam.checks.gradcam_variants import cam, recognise
from glaucam.checks.small_nets import PositionNet
from glaucam.data import Preprocessing, fundus_phantom
from glaucam.methods.base import Capture, capture


@cache
def _phantoms(n: int, size: int = 64) -> torch.Tensor:
    return Preprocessing(size=size).batch(fundus_phantom(11, 2 * i).image for i in range(n))


def phantom_batch(n: int, height: int = 64, width: int = 48) -> torch.Tensor:
    """``n`` phantoms as a batch [n,3,height,width]; not square by default: eyes need not be."""
    return _phantoms(n, max(height, width))[:, :, :height, :width].clone()


def balanced(net: PositionNet, images: torch.Tensor) -> PositionNet:
    """Shift the logits so that some of ``images`` are predicted 0 and some 1."""
    with torch.no_grad():
        y = net(images)
        net.head.bias[1] -= (y[:, 1] - y[:, 0]).mean()
    return net


def compared(
    GradCAM: Any, net: nn.Module, images: torch.Tensor, class_index: int, layer: str = "features"
) -> np.ndarray:
    """The student's heatmaps [N,H,W], once they equal a right answer; else their Mistake."""
    answer = heatmaps_of(GradCAM, net, images, class_index, layer)
    judge_heatmaps(answer, net, images, class_index, layer)
    return answer


def judge_heatmaps(
    answer: np.ndarray, net: nn.Module, images: torch.Tensor, class_index: int, layer: str
) -> None:
    """Raise the Mistake that explains ``answer``, unless it is right."""
    size = (images.shape[2], images.shape[3])
    with capture(net, layer, images) as captured:
        raw = cam(captured.activations, captured.gradients(class_index))
        if not is_accepted(answer, raw, size):
            raise recognise(answer, raw, captured, class_index)


def heatmaps_of(
    GradCAM: Any, net: nn.Module, images: torch.Tensor, class_index: int, layer: str = "features"
) -> np.ndarray:
    """Build the student's extractor, call it once, remove it."""
    extractor = student(GradCAM, net, net.get_submodule(layer))
    answer = student(extractor, images.clone(), class_index)
    student(extractor.remove)
    return as_heatmaps(answer, len(images), (images.shape[2], images.shape[3]))


def judge_contrast(answer: np.ndarray, net: nn.Module, images: torch.Tensor) -> None:
    size = (images.shape[2], images.shape[3])
    with capture(net, "features", images) as captured:
        A, (normal, glaucoma) = captured.activations, (captured.gradients(k) for k in (0, 1))
        if is_accepted(answer, cam(A, glaucoma - normal), size):
            return
        if is_accepted(answer, cam(A, normal - glaucoma), size):
            raise known("reversed-contrast")
        if is_accepted(answer, cam(A, glaucoma), size):
            raise known("one-class-only")
        raise _not_a_difference_of_logits(answer, captured, size)


def _not_a_difference_of_logits(
    answer: np.ndarray, captured: Capture, size: tuple[int, int]
) -> Mistake:
    A = captured.activations
    maps = [finished(cam(A, captured.gradients(k)), size) for k in (0, 1)]
    apart = maps[1] - maps[0]
    for heatmap in (apart, apart.clamp(min=0), apart.abs()):
        if np.abs(answer - heatmap.numpy()).max() < 0.02 or _same_up_to_scale(answer, heatmap):
            return known("difference-of-heatmaps")
    raw = cam(A, captured.gradients(1) - captured.gradients(0))
    return recognise(answer, raw, captured, 1)


def finished(raw: torch.Tensor, size: tuple[int, int]) -> torch.Tensor:
    """The usual finish: ReLU, own maximum, bilinear."""
    return enlarged(scaled(raw.clamp(min=0)), size)


def _same_up_to_scale(answer: np.ndarray, heatmap: torch.Tensor) -> bool:
    wanted = heatmap.numpy()
    top = wanted.max(axis=(1, 2), keepdims=True)
    return bool((top > 0).all() and np.abs(answer - wanted / top).max() < 0.02)
