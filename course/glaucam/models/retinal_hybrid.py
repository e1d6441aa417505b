"""The course's network with attention: a small CNN whose places one transformer layer relates."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F

from glaucam.errors import InputError
from glaucam.models.retinal_cnn import feature_blocks
from glaucam.registry import MODELS

WIDTH = 128  # of a token: the channels of the last convolution block
HEADS = 2
HIDDEN = 256
GRID = 28  # places along each side for which positions are learned: 224 px ÷ 8


class SelfAttention(nn.Module):
    """Each token reads from all: A = softmax(q kᵀ / √d) per head, then A v  (Vaswani et al. 2017).

    Tokens [N,T,C] → tokens [N,T,C]; with ``return_weights`` also A, [N,heads,T,T], rows sum to 1.
    """

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.output = nn.Linear(width, width)

    def forward(
        self, tokens: torch.Tensor, return_weights: bool = False
    ) -> torch.Tensor | tuple[torch.Tensor, torch.Tensor]:
        q, k, v = self.qkv(tokens).unflatten(2, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        A = (q @ k.transpose(2, 3) / q.shape[3] ** 0.5).softmax(dim=3)  # [N,heads,T,T]
        mixed = self.output((A @ v).transpose(1, 2).flatten(2))  # [N,T,C]
        return (mixed, A) if return_weights else mixed


class TransformerLayer(nn.Module):
    """Attention, then two linear layers per token, each added to what came in: [N,T,C] → [N,T,C].

    Normalised before each of the two (Xiong et al. 2020), which trains without a warm-up.
    """

    def __init__(self, width: int, heads: int, hidden: int) -> None:
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attention = SelfAttention(width, heads)
        self.mlp = nn.Sequential(nn.Linear(width, hidden), nn.GELU(), nn.Linear(hidden, width))

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        tokens = tokens + self.attention(self.norm1(tokens))
        return tokens + self.mlp(self.norm2(tokens))


@MODELS.register("retinal_hybrid")
class RetinalHybrid(nn.Module):
    """The blocks of retinal_cnn, a token per place and a class token, one transformer layer.

    [N,3,H,W] with H, W ≥ 8 → raw logits [N,n_classes]; about 327 thousand parameters. Positions are
    learned for 28×28 places (224 px) and resampled for others, so a checkpoint fits every size.
    """

    title = "Retinal hybrid (CNN + attention)"
    paper = "after Dosovitskiy et al. 2021, An image is worth 16x16 words (hybrid architecture)"
    input_size = 96

    def __init__(self, n_classes: int) -> None:
        super().__init__()
        self.features = feature_blocks()
        self.class_token = nn.Parameter(torch.zeros(1, 1, WIDTH))
        self.class_position = nn.Parameter(torch.zeros(1, 1, WIDTH))
        self.positions = nn.Parameter(torch.zeros(1, WIDTH, GRID, GRID))
        for learned in (self.class_token, self.class_position, self.positions):
            nn.init.trunc_normal_(learned, std=0.02)
        self.transformer = TransformerLayer(WIDTH, HEADS, HIDDEN)
        self.norm = nn.LayerNorm(WIDTH)
        self.classifier = nn.Linear(WIDTH, n_classes)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        tokens = self.transformer(self.tokens(self.features(images)))
        return self.classifier(self.norm(tokens[:, 0]))

    def tokens(self, A: torch.Tensor) -> torch.Tensor:
        """Feature maps [N,128,h,w] → the class token, then the places row by row, [N,1+hw,128]."""
        positions: torch.Tensor = self.positions
        if positions.shape[2:] != A.shape[2:]:
            positions = F.interpolate(positions, A.shape[2:], mode="bilinear", align_corners=False)
        places = (A + positions).flatten(2).transpose(1, 2)  # [N,hw,128]
        first = (self.class_token + self.class_position).expand(len(A), -1, -1)
        return torch.cat([first, places], dim=1)

    @classmethod
    def build(cls, n_classes: int, pretrained: bool = False) -> RetinalHybrid:
        """Build untrained; there are no published weights to load."""
        if pretrained:
            raise InputError(
                "retinal_hybrid has no published weights: train it, or load a checkpoint with "
                "glaucam.load_checkpoint(path)"
            )
        return cls(n_classes)
