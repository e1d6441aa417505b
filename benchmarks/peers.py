"""Two heatmaps and their contrast, as ours and as each peer library does them best.

Every contender turns (network, images, layer) into three maps at image size: class 0, class 1 and
the contrast y₁ − y₀. What a peer's interface allows decides how it gets the contrast.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import nn

import glaucam

Contender = Callable[[], object]


def ours(net: nn.Module, images: torch.Tensor, layer: str) -> Contender:
    """One forward pass, two backward passes from the logits to the layer."""
    return lambda: glaucam.explain(net, images)


def pytorch_grad_cam(net: nn.Module, images: torch.Tensor, layer: str) -> Contender:
    """Three calls, each a forward and a full backward pass; the contrast as a target of one's own.

    A call gives [0,1] maps after ReLU, so the contrast cannot be taken from the other two.
    """
    from pytorch_grad_cam import GradCAM
    from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget

    def contrast(output: torch.Tensor) -> torch.Tensor:
        return output[1] - output[0]

    def run() -> list:
        with GradCAM(model=net, target_layers=[net.get_submodule(layer)]) as cam:
            targets = (ClassifierOutputTarget(0), ClassifierOutputTarget(1), contrast)
            return [cam(input_tensor=images, targets=[t] * len(images)) for t in targets]

    return run


def torch_cam(net: nn.Module, images: torch.Tensor, layer: str) -> Contender:
    """One forward pass, three full backward passes on the kept graph; the contrast as a target."""
    from torchcam.methods import GradCAM

    def run() -> list[torch.Tensor]:
        with GradCAM(net, layer) as extractor:
            scores = net(images)
            maps = [
                *(extractor(c, scores, retain_graph=True)[0] for c in (0, 1)),
                extractor(scores=scores, targets=lambda output: output[1] - output[0])[0],
            ]
        return [enlarge(one[:, None], images) for one in maps]

    return run


def captum(net: nn.Module, images: torch.Tensor, layer: str) -> Contender:
    """Two calls, each a forward and a backward pass to the layer; the contrast is free.

    A call gives signed maps, so the contrast is their difference.
    """
    from captum.attr import LayerGradCam

    def run() -> list[torch.Tensor]:
        gradcam = LayerGradCam(net, net.get_submodule(layer))
        first, second = (gradcam.attribute(images, target=c).detach() for c in (0, 1))
        return [enlarge(one.relu(), images) for one in (first, second, second - first)]

    return run


def enlarge(maps: torch.Tensor, images: torch.Tensor) -> torch.Tensor:
    """[N,1,h,w] → [N,1,H,W], bilinear."""
    return nn.functional.interpolate(maps, images.shape[2:], mode="bilinear", align_corners=False)


PEERS = {"pytorch-grad-cam": pytorch_grad_cam, "torch-cam": torch_cam, "captum": captum}
