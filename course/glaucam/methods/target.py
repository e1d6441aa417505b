"""The scalar that is explained: a class logit, or the contrast of two."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce

import torch


@dataclass(frozen=True)
class Target:
    """Σ_k weight·y_k; ``weights`` holds (class index k, weight) pairs."""

    weights: tuple[tuple[int, float], ...]

    def combined(self, of_class: Callable[[int], torch.Tensor]) -> torch.Tensor:
        """Σ_k weight·of_class(k): of logits the target itself, of gradients its gradient."""
        parts = (of_class(k) if w == 1 else w * of_class(k) for k, w in self.weights)
        return reduce(torch.add, parts)

    def score(self, logits: torch.Tensor) -> torch.Tensor:
        """The target of each row: logits [N,K] → [N]."""
        return self.combined(lambda k: logits[:, k])


def class_logit(k: int) -> Target:
    """y_k."""
    return Target(((k, 1.0),))


def difference(plus: int, minus: int) -> Target:
    """y[plus] − y[minus]."""
    return Target(((plus, 1.0), (minus, -1.0)))


CONTRAST = difference(1, 0)
"""y[1] − y[0]: for (normal, glaucoma) what speaks for glaucoma and against normal."""
