"""Attention of the last layer: which places the class token reads from."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from glaucam.methods.attention import AttentionMethod
from glaucam.registry import METHODS


@METHODS.register("last_attention")
class LastAttention(AttentionMethod):
    """raw map = mean over heads of A[class token, places] in the last layer.

    After Caron et al. 2021, fig. 1. In a network of one layer, such as retinal_hybrid, all there
    is; in deeper ones the places hold by then what earlier layers mixed into them.
    """

    title = "Attention of the last layer"
    paper = "Caron et al. 2021, Emerging properties in self-supervised vision transformers"
    needs_gradients = False
    cost = "one inference; for networks with self-attention only"

    def reading(self, attentions: Sequence[torch.Tensor]) -> torch.Tensor:
        return attentions[-1]
