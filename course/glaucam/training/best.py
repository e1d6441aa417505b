"""The best epoch so far: highest validation AUROC, then lowest validation loss."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn


class Best:
    """Keeps a copy of the weights of the best epoch it was shown."""

    def __init__(self) -> None:
        self.epoch = -1
        self.rank = (-1.0, -float("inf"))
        self.weights: dict[str, torch.Tensor] = {}

    def consider(self, model: nn.Module, row: dict[str, Any]) -> None:
        """Keep ``model``'s weights if ``row``, its figures, ranks above all before it."""
        rank = (row["validation_auroc"] or 0.0, -row["validation_loss"])
        if rank > self.rank:
            self.epoch, self.rank = row["epoch"], rank
            self.weights = {k: v.detach().cpu().clone() for k, v in model.state_dict().items()}

    def state(self) -> dict[str, Any]:
        return {"epoch": self.epoch, "rank": self.rank, "weights": self.weights}

    def restore(self, state: dict[str, Any]) -> None:
        self.epoch, self.rank = state["epoch"], tuple(state["rank"])
        self.weights = state["weights"]
