"""What a training run is asked to do."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from math import cos, pi
from typing import Any

from glaucam.errors import InputError, UnknownName
from glaucam.registry import unknown

OPTIMISERS = ("adamw", "adam")
SCHEDULES = ("cosine", "step", "constant")


@dataclass(frozen=True)
class Recipe:
    """Everything that decides the weights, beside the data.

    ``schedule``: cosine falls from ``learning_rate`` to 0 over all steps; step divides it by 10
    after two thirds of the epochs; constant keeps it. ``augment``: see ``training.augment``.
    """

    model: str = "retinal_cnn"
    epochs: int = 10
    batch_size: int = 32
    learning_rate: float = 2e-3
    weight_decay: float = 1e-4
    optimiser: str = "adamw"
    schedule: str = "cosine"
    augment: bool = True
    pretrained: bool = False
    seed: int = 0

    def __post_init__(self) -> None:
        if self.optimiser not in OPTIMISERS:
            raise UnknownName(unknown("optimiser", self.optimiser, list(OPTIMISERS)))
        if self.schedule not in SCHEDULES:
            raise UnknownName(unknown("schedule", self.schedule, list(SCHEDULES)))
        for name in ("epochs", "batch_size", "learning_rate"):
            if getattr(self, name) <= 0:
                raise InputError(f"{name} is {getattr(self, name)}, expected more than 0")
        if self.weight_decay < 0:
            raise InputError(f"weight_decay is {self.weight_decay}, expected 0 or more")

    def rate(self, progress: float) -> float:
        """The learning rate at ``progress`` in [0,1] through the whole run."""
        if self.schedule == "cosine":
            return self.learning_rate * (1 + cos(pi * progress)) / 2
        if self.schedule == "step" and progress >= 2 / 3:
            return self.learning_rate / 10
        return self.learning_rate

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)
