"""Grad-CAM as the pytorch-grad-cam library computes it: an outside opinion on ours.

For tests, benchmarks and curious students; nothing else in the library imports it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

import torch
from torch import nn

from glaucam.errors import InputError, UnknownName
from glaucam.models.state import preserved
from glaucam.models.target_layer import layouts
from glaucam.registry import unknown


def pytorch_gradcam_raw(
    model: nn.Module, images: torch.Tensor, class_index: int, target_layer: str
) -> torch.Tensor:
    """The peer's signed map of one class, [N,h,w], before its ReLU, eps and enlargement.

    ``images``: [N,3,H,W]; ``target_layer``: dotted name. The network is afterwards as it was,
    although the peer wipes and fills ``.grad``. Raises InputError where grad-cam is missing.
    """
    peer = imported()
    layers = dict(model.named_modules())
    if target_layer not in layers:
        raise UnknownName(unknown("layer", target_layer, list(layers)))
    layer = layers[target_layer]
    layout = layouts(model, images).get(target_layer)
    as_map = layout.as_map if layout else None
    with gradients_kept(model), preserved(model), torch.enable_grad():
        cam = peer.GradCAM(model=model, target_layers=[layer], reshape_transform=as_map)
        try:
            logits = cam.activations_and_grads(images.detach().clone().requires_grad_())
            logits[:, class_index].sum().backward()
            A, gradients = (
                cam.activations_and_grads.activations,
                cam.activations_and_grads.gradients,
            )
            # The last run of the layer: its activations were noted last, its gradients put first.
            raw = cam.get_cam_image(
                images, layer, [class_index], A[-1].numpy(), gradients[0].numpy()
            )
        finally:
            cam.activations_and_grads.release()
    return torch.from_numpy(raw)


def imported() -> ModuleType:
    """The pytorch_grad_cam package, or one line on how to get it."""
    try:
        import pytorch_grad_cam
    except ImportError as error:
        raise InputError(
            "pytorch-grad-cam is not installed, and this compares with it: "
            "install glaucam[teach], or grad-cam alone"
        ) from error
    return pytorch_grad_cam


@contextmanager
def gradients_kept(model: nn.Module) -> Iterator[None]:
    """Put back every parameter's ``.grad`` after a block that runs a full backward pass."""
    kept = [(parameter, parameter.grad) for parameter in model.parameters()]
    for parameter, _ in kept:
        parameter.grad = None  # backward adds in place to a gradient that is there
    try:
        yield
    finally:
        for parameter, gradient in kept:
            parameter.grad = gradient
