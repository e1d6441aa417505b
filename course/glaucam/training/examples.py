"""A data set as tensors, every label in the order of the logits.

Images are preprocessed once and held where they fit into ``MEMORY``; of a larger set as many are
held as fit, and the others are decoded again each time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch.utils.data import DataLoader, Dataset
from tqdm import tqdm

from glaucam.errors import DataError
from glaucam.registry import unknown
from glaucam.training.image_stream import ImageStream

if TYPE_CHECKING:
    from glaucam.data import Preprocessing


MEMORY = 1 << 30  # bytes of preprocessed images that are held at once; 9,700 of 96 px


@dataclass(frozen=True)
class Examples:
    """``images``: float32 [N,3,S,S], preprocessed. ``labels``: int64 [N], into ``classes``."""

    images: torch.Tensor | ImageStream
    labels: torch.Tensor
    classes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.labels)

    def content(self) -> bytes:
        """Bytes that differ where the images do."""
        if isinstance(self.images, ImageStream):
            return self.images.content()
        return self.images.numpy().tobytes()

    def loader(self, batch_size: int, shuffle_seed: int | None = None) -> DataLoader:
        """Batches (images, labels); in order, or shuffled by ``shuffle_seed``.

        A last batch of one is dropped when shuffling: BatchNorm has no variance to learn from it.
        """
        shuffled = shuffle_seed is not None
        generator = torch.Generator().manual_seed(shuffle_seed or 0)
        return DataLoader(
            _Pairs(self.images, self.labels),
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
    memory: int = MEMORY,
) -> Examples:
    """Read and preprocess the images of ``data`` (all, or ``indices``), within ``memory`` bytes.

    ``classes``: the order of the logits, by default the data set's own; labels are matched by
    name. Raises DataError when the data set holds a class that is not among them.
    """
    classes = tuple(classes or data.classes)
    chosen = list(range(len(data)) if indices is None else indices)
    if not chosen:
        raise DataError("no image to read: the data set, or this part of it, is empty")
    column = class_columns(data.classes, classes)
    labels = torch.tensor([column[int(data.label(i))] for i in chosen])
    stream = ImageStream(data, preprocessing, chosen, memory)
    if not stream.fits:
        return Examples(stream, labels, classes)
    images = torch.empty(stream.shape)
    for row in tqdm(range(len(chosen)), desc="reading", unit="image", disable=not progress):
        images[row] = stream.read(row)
    return Examples(images, labels, classes)


class _Pairs(Dataset):
    """(image, label) by position, of a tensor or a stream of images."""

    def __init__(self, images: torch.Tensor | ImageStream, labels: torch.Tensor) -> None:
        self.images, self.labels = images, labels

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, i: int) -> tuple[torch.Tensor, torch.Tensor]:
        return self.images[i], self.labels[i]


def class_columns(have: Sequence[str], expected: Sequence[str]) -> list[int]:
    """For each class of a data set, its index among the model's classes."""
    for name in have:
        if name not in expected:
            raise DataError(
                f"{unknown('class', name, list(expected))}: rename the class folder, or train a "
                "model on this data"
            )
    return [list(expected).index(name) for name in have]
