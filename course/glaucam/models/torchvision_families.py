"""Networks of torchvision with their last linear layer cut to n classes.

A few have entries; any other classification network is ``torchvision/<name>``.
"""

from __future__ import annotations

from functools import cache
from typing import ClassVar

import torchvision
from torch import nn

from glaucam.errors import ModelError, UnknownName
from glaucam.registry import MODELS, unknown

PREFIX = "torchvision/"


class TorchvisionModel:
    """Base of the entries below: ``name``, less a prefix, is torchvision's name of the builder."""

    name: ClassVar[str]
    title: ClassVar[str]
    paper: ClassVar[str]
    input_size: ClassVar[int] = 224

    @classmethod
    def build(cls, n_classes: int, pretrained: bool = False) -> nn.Module:
        """Build with raw logits [N,n_classes]; ``pretrained`` fetches torchvision's weights."""
        name = cls.name.removeprefix(PREFIX)
        if not pretrained:
            return torchvision.models.get_model(name, weights=None, num_classes=n_classes)
        model = torchvision.models.get_model(name, weights="DEFAULT")
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


@MODELS.register("convnext_tiny")
class ConvNeXtTiny(TorchvisionModel):
    title = "ConvNeXt-T"
    paper = "Liu et al. 2022, A ConvNet for the 2020s"


@MODELS.register("swin_t")
class SwinT(TorchvisionModel):
    title = "Swin-T"
    paper = "Liu et al. 2021, Swin transformer: hierarchical vision transformer"


@MODELS.register("vit_b_16")
class ViTB16(TorchvisionModel):
    title = "ViT-B/16"
    paper = "Dosovitskiy et al. 2021, An image is worth 16x16 words"


@MODELS.register_family(PREFIX)
@cache
def torchvision_entry(name: str) -> type[TorchvisionModel]:
    """The entry of ``torchvision/<name>``; UnknownName, with the nearest, where there is none."""
    known = [PREFIX + known for known in torchvision.models.list_models(torchvision.models)]
    if name not in known:
        raise UnknownName(unknown("model", name, known, most=8))
    about = {"name": name, "title": name, "paper": "torchvision, see its documentation"}
    return type("TorchvisionEntry", (TorchvisionModel,), about)
