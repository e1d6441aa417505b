"""The small network of the course: three convolution blocks, global average pooling, linear."""

from __future__ import annotations

from collections import OrderedDict

import torch
from torch import nn

from glaucam.errors import InputError
from glaucam.registry import MODELS


def convolution_block(channels_in: int, channels_out: int) -> nn.Sequential:
    """Conv 3×3 – BatchNorm – ReLU – max-pool 2: [N,in,H,W] → [N,out,H/2,W/2]."""
    return nn.Sequential(
        OrderedDict(
            conv=nn.Conv2d(channels_in, channels_out, 3, padding=1),
            norm=nn.BatchNorm2d(channels_out),
            relu=nn.ReLU(),
            pool=nn.MaxPool2d(2),
        )
    )


def feature_blocks() -> nn.Sequential:
    """Three blocks of 32, 64 and 128 channels: [N,3,H,W] → [N,128,H/8,W/8]."""
    return nn.Sequential(
        OrderedDict(
            block1=convolution_block(3, 32),
            block2=convolution_block(32, 64),
            block3=convolution_block(64, 128),
        )
    )


@MODELS.register("retinal_cnn")
class RetinalCNN(nn.Module):
    """Three blocks of 32, 64 and 128 channels, GAP, linear; about 94 thousand parameters.

    [N,3,H,W] with H, W ≥ 8 → raw logits [N,n_classes].
    """

    title = "Retinal CNN"
    paper = "baseline CNN of the OCT literature (three conv–BN–ReLU–pool blocks, GAP, linear)"
    input_size = 96

    def __init__(self, n_classes: int) -> None:
        super().__init__()
        self.features = feature_blocks()
        self.classifier = nn.Linear(128, n_classes)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        A = self.features(images)  # [N,128,h,w]
        return self.classifier(A.mean(dim=(2, 3)))

    @classmethod
    def build(cls, n_classes: int, pretrained: bool = False) -> RetinalCNN:
        """Build untrained; there are no published weights to load."""
        if pretrained:
            raise InputError(
                "retinal_cnn has no published weights: train it, or load a checkpoint with "
                "glaucam.load_checkpoint(path)"
            )
        return cls(n_classes)
