"""Preprocessed images that need not fit in memory: a bounded part is kept, others decoded anew."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from glaucam.data import Preprocessing


class ImageStream:
    """The images of ``data`` at ``indices``, each a float32 [3,S,S] by position, read when asked.

    At most ``memory`` bytes of them are kept, the first that are read: an epoch asks for each image
    once, in another order, so what was used last is not what comes next, and dropping an image to
    keep another gains nothing. It has as much of a tensor's interface as training and prediction
    use: ``shape``, ``len``, ``[i]`` and ``split``.
    """

    def __init__(
        self, data: Any, preprocessing: Preprocessing, indices: Sequence[int], memory: int
    ) -> None:
        self.data, self.preprocessing = data, preprocessing
        self.indices = torch.tensor(list(indices), dtype=torch.int64)
        size = preprocessing.size
        self.shape = (len(self.indices), 3, size, size)
        self.room = memory // (3 * size * size * 4)  # images that may be kept
        self._kept: dict[int, torch.Tensor] = {}

    @property
    def fits(self) -> bool:
        """Whether all of them fit."""
        return len(self) <= self.room

    def __len__(self) -> int:
        return len(self.indices)

    def __getitem__(self, i: int) -> torch.Tensor:
        if i not in self._kept:
            image = self.read(i)
            if len(self._kept) >= self.room:
                return image
            self._kept[i] = image
        return self._kept[i]

    def read(self, i: int) -> torch.Tensor:
        """Decode and preprocess, whatever is kept."""
        return self.preprocessing(self.data.image(int(self.indices[i])))

    def content(self) -> bytes:
        """Names and preprocessing: the pixels would take a pass over all files."""
        names = [self.data.image_name(int(i)) for i in self.indices]
        return json.dumps([self.data.name, names, self.preprocessing.to_dict()]).encode()

    def split(self, batch_size: int) -> Iterator[torch.Tensor]:
        """Batches [n,3,S,S] in order, as ``Tensor.split`` gives them."""
        for start in range(0, len(self), batch_size):
            stop = min(start + batch_size, len(self))
            yield torch.stack([self[i] for i in range(start, stop)])
