"""Probabilities of a batch of images, in pieces that fit in memory, and of a whole data set."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import torch
from torch import nn

from glaucam.training.examples import load_examples
from glaucam.training.image_stream import ImageStream

if TYPE_CHECKING:
    from glaucam.data import Preprocessing


@dataclass(frozen=True)
class Answers:
    """What a model said of a data set: ``images`` names, ``labels`` int64 [N] and
    ``probabilities`` float32 [N,K], both in the order of ``classes``."""

    images: list[str]
    labels: np.ndarray
    probabilities: np.ndarray
    classes: tuple[str, ...]

    def table(self) -> pd.DataFrame:
        """``image, true, predicted`` (the most probable class), and ``p_<class>`` of each."""
        names = np.array(self.classes)
        told = {"image": self.images, "true": names[self.labels]}
        told["predicted"] = names[self.probabilities.argmax(axis=1)]
        columns = {f"p_{name}": self.probabilities[:, k] for k, name in enumerate(self.classes)}
        return pd.DataFrame({**told, **columns})


def answers(
    model: nn.Module,
    data: Any,
    preprocessing: Preprocessing,
    classes: Sequence[str] | None = None,
    indices: Iterable[int] | None = None,
    progress: bool = True,
) -> Answers:
    """Ask ``model`` about ``data`` (all of it, or ``indices``); labels are matched by name."""
    chosen = list(range(len(data)) if indices is None else indices)
    examples = load_examples(data, preprocessing, classes, chosen, progress)
    P = predict(model, examples.images).numpy()
    return Answers([data.image_name(i) for i in chosen], examples.labels.numpy(), P,
                   examples.classes)  # fmt: skip


@torch.no_grad()
def predict(
    model: nn.Module, images: torch.Tensor | ImageStream, batch_size: int = 64
) -> torch.Tensor:
    """Softmax probabilities float32 [N,K] on the CPU; images [N,3,H,W]. Restores the mode."""
    device = next(model.parameters()).device
    was_training = model.training
    model.eval()
    try:
        pieces = [model(piece.to(device)).float().softmax(1) for piece in images.split(batch_size)]
    finally:
        model.train(was_training)
    return torch.cat(pieces).cpu()
