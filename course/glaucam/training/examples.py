"""A data set as tensors: every image preprocessed once, every label in the order of the logits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch.utils.data import DataLoader, TensorDataset
from tqdm import tqdm

from glaucam.errors import DataError
from glaucam.registry import unknown

if TYPE_CHECKING:
    from glaucam.data import Preprocessing


@dataclass(frozen=True)
class Examples:
    """``images``: float32 [N,3,S,S], preprocessed. ``labels``: int64 [N], into ``classes``."""

    images: torch.Tensor
    labels: torch.Tensor
    classes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.labels)

    def loader(self, batch_size: int, shuffle_seed: int | None = None) -> DataLoader:
        """Batches (images, labels); in order, or shuffled by ``shuffle_seed``.

        A last batch of one is dropped when shuffling: BatchNorm has no variance to learn from it.
        """
        shuffled = shuffle_seed is not None
        generator = torch.Generator().manual_seed(shuffle_seed or 0)
        return DataLoader(
            TensorDataset(self.images, self.labels),
            batch_size=batch_size,
            shuffle=shuffled,
            generator=generator,
            drop_last=shuffled and len(self) % batch_size == 1 and len(self) > 1,
        )


def load_examples(
    data: Any,
    preprocessing: Preprocessing,
    classes: Sequence[str] | None = None,
    indices: Iterable[int] | None = None,
    progress: bool = True,
) -> Examples:
    """Read and preprocess the images of ``data`` (all, or ``indices``).

    ``classes``: the order of the logits, by default the data set's own; labels are matched by
    name. Raises DataError when the data set holds a class that is not among them.
    """
    classes = tuple(classes or data.classes)
    chosen = list(range(len(data)) if indices is None else indices)
    if not chosen:
        raise DataError("no image to read: the data set, or this part of it, is empty")
    column = class_columns(data.classes, classes)
    size = preprocessing.size
    images = torch.empty(len(chosen), 3, size, size)
    for row, i in enumerate(tqdm(chosen, desc="reading", unit="image", disable=not progress)):
        images[row] = preprocessing(data.image(i))
    labels = torch.tensor([column[int(data.label(i))] for i in chosen])
    return Examples(images, labels, classes)


def class_columns(have: Sequence[str], expected: Sequence[str]) -> list[int]:
    """For each class of a data set, its index among the model's classes."""
    for name in have:
        if name not in expected:
            raise DataError(
                f"{unknown('class', name, list(expected))}: rename the class folder, or train a "
                "model on this data"
            )
    return [list(expected).index(name) for name in have]
