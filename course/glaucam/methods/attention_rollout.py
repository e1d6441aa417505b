"""Attention rollout: attention followed through all layers, back to the places."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from glaucam.methods.attention import AttentionMethod
from glaucam.registry import METHODS


@METHODS.register("attention_rollout")
class AttentionRollout(AttentionMethod):
    """Ā_l = (A_l + I) / 2, rows made to sum to 1;  rollout = Ā_L ⋯ Ā_2 Ā_1, the class token's row.

    Half of each token comes past the attention, by the residual connection  (Abnar and Zuidema
    2020, sec. 3). Never negative, and the same for every class.
    """

    title = "Attention rollout"
    paper = "Abnar and Zuidema 2020, Quantifying attention flow in transformers"
    needs_gradients = False
    cost = "one inference; for networks with self-attention only"

    def reading(self, attentions: Sequence[torch.Tensor]) -> torch.Tensor:
        rollout = torch.eye(attentions[0].shape[1], device=attentions[0].device)
        for A in attentions:
            with_residual = A + torch.eye(A.shape[1], device=A.device)
            rollout = with_residual / with_residual.sum(dim=2, keepdim=True) @ rollout
        return rollout
