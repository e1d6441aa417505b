"""Probabilities of a batch of images, in pieces that fit in memory."""

from __future__ import annotations

import torch
from torch import nn


@torch.no_grad()
def predict(model: nn.Module, images: torch.Tensor, batch_size: int = 64) -> torch.Tensor:
    """Softmax probabilities float32 [N,K] on the CPU; images [N,3,H,W]. Restores the mode."""
    device = next(model.parameters()).device
    was_training = model.training
    model.eval()
    try:
        pieces = [model(piece.to(device)).float().softmax(1) for piece in images.split(batch_size)]
    finally:
        model.train(was_training)
    return torch.cat(pieces).cpu()
