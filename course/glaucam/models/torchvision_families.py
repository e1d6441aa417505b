"""Networks of torchvision with their last linear layer cut to n classes."""

from __future__ import annotations

from typing import ClassVar

import torchvision
from torch import nn

from glaucam.errors import ModelError
from glaucam.registry import MODELS


class TorchvisionModel:
    """Base of the entries below: ``name`` is also torchvision's own name of the builder."""

    name: ClassVar[str]
    title: ClassVar[str]
    paper: ClassVar[str]
    input_size: ClassVar[int] = 224

    @classmethod
    def build(cls, n_classes: int, pretrained: bool = False) -> nn.Module:
        """Build with raw logits [N,n_classes]; ``pretrained`` fetches torchvision's weights."""
        if not pretrained:
            return torchvision.models.get_model(cls.name, weights=None, num_classes=n_classes)
        model = torchvision.models.get_model(cls.name, weights="DEFAULT")
        replace_last_linear(model, n_classes)
        return model


def replace_last_linear(model: nn.Module, n_classes: int) -> None:
    """Swap the last ``nn.Linear`` of ``model`` for a fresh one with ``n_classes`` outputs."""
    heads = [(name, m) for name, m in model.named_modules() if isinstance(m, nn.Linear) and name]
    if not heads:
        raise ModelError(f"{type(model).__name__} has no linear layer to replace by n classes")
    name, head = heads[-1]
    model.set_submodule(name, nn.Linear(head.in_features, n_classes, head.bias is not None))


@MODELS.register("resnet18")
class ResNet18(TorchvisionModel):
    title = "ResNet-18"
    paper = "He et al. 2016, Deep residual learning for image recognition"


@MODELS.register("densenet121")
class DenseNet121(TorchvisionModel):
    title = "DenseNet-121"
    paper = "Huang et al. 2017, Densely connected convolutional networks"


@MODELS.register("efficientnet_b0")
class EfficientNetB0(TorchvisionModel):
    title = "EfficientNet-B0"
    paper = "Tan and Le 2019, EfficientNet: rethinking model scaling"


@MODELS.register("vgg16")
class VGG16(TorchvisionModel):
    title = "VGG-16"
    paper = "Simonyan and Zisserman 2015, Very deep convolutional networks"
