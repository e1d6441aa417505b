"""The state file of an unfinished run: what the next epoch needs, and which run it belongs to."""

from __future__ import annotations

import hashlib
import io
import json
import pickle
from pathlib import Path
from typing import Any

import torch
from torch import nn

from glaucam.data.atomic import write_atomically
from glaucam.errors import CheckpointError
from glaucam.training.best import Best
from glaucam.training.examples import Examples
from glaucam.training.recipe import Recipe

DAMAGE = (OSError, RuntimeError, ValueError, LookupError, TypeError, EOFError,
          pickle.UnpicklingError)  # fmt: skip  # what torch raises on a broken or foreign file


class RunState:
    """Saves after each epoch and loads at the start; ``path`` need not exist yet."""

    def __init__(self, path: Path, recipe: Recipe, train: Examples) -> None:
        self.path = path
        self.belongs_to = fingerprint(recipe, train)

    def save(
        self,
        model: nn.Module,
        optimiser: torch.optim.Optimizer,
        best: Best,
        history: list[dict[str, Any]],
    ) -> None:
        """Write the state after an epoch, atomically; CheckpointError if the disk refuses."""
        state = {
            "belongs_to": self.belongs_to,
            "model": model.state_dict(),
            "optimiser": optimiser.state_dict(),
            "best": best.state(),
            "history": history,
        }
        buffer = io.BytesIO()
        torch.save(state, buffer)
        try:
            write_atomically(self.path, buffer.getvalue())
        except OSError as error:
            raise CheckpointError(
                f"could not write the run's state {self.path}: {error.strerror or error}; free "
                "some space and repeat the command, it goes on from the last epoch that was saved"
            ) from error

    def load(
        self, model: nn.Module, optimiser: torch.optim.Optimizer, best: Best
    ) -> list[dict[str, Any]]:
        """Put a saved state back into the arguments; returns its history, [] where there is none.

        Read with ``weights_only``: tensors and plain values, no code. Raises CheckpointError for a
        state that is damaged or belongs to another run.
        """
        if not self.path.exists():
            return []
        try:
            state = torch.load(self.path, map_location="cpu", weights_only=True)
            belongs_to = state["belongs_to"]
        except DAMAGE as error:
            raise CheckpointError(
                f"the run's state {self.path} is damaged: delete it to start from the beginning"
            ) from error
        if belongs_to != self.belongs_to:
            raise CheckpointError(
                f"the state {self.path} belongs to another run (other settings or data): choose "
                "another --out folder, or delete it"
            )
        model.load_state_dict(state["model"])
        optimiser.load_state_dict(state["optimiser"])
        best.restore(state["best"])
        return state["history"]


def fingerprint(recipe: Recipe, train: Examples) -> str:
    """A hash of everything that decides the weights: the recipe and the training images."""
    settings = json.dumps([recipe.to_dict(), train.classes, list(train.images.shape)])
    content = hashlib.sha256(settings.encode())
    content.update(train.labels.numpy().tobytes())
    content.update(train.content())
    return content.hexdigest()
