"""The small interface that phantoms and folders share; everything else asks only for this."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np

SPLITS = ("train", "val", "test")


class EyeData(ABC):
    """A sequence of labelled eye images, addressed by index. Images are read when asked for.

    ``labels`` int64 [N] index ``classes``; ``groups`` str [N] name the patient (or what stands for
    one) that may lie in one split only; ``splits`` str [N] are "train", "val" or "test".
    """

    name: str = ""
    title: str = ""
    task: str = ""
    classes: tuple[str, ...] = ()
    labels: np.ndarray
    groups: np.ndarray
    splits: np.ndarray

    @abstractmethod
    def image(self, i: int) -> np.ndarray:
        """uint8 [H,W,3]."""

    @abstractmethod
    def masks(self, i: int) -> dict[str, np.ndarray]:
        """Structure → bool [H,W], for the structures whose truth is known."""

    @abstractmethod
    def image_name(self, i: int) -> str:
        """The image's name, unique in this data set."""

    @property
    def patients(self) -> np.ndarray:
        """str [N]: as ``groups``, but "" where the patient is not known, or only guessed."""
        return self.groups

    def label(self, i: int) -> int:
        return int(self.labels[i])

    def indices(self, split: str) -> np.ndarray:
        """int64 [n]: the images of "train", "val" or "test"."""
        return np.flatnonzero(self.splits == split)

    def part(self, which: str | np.ndarray) -> EyeData:
        """The images of a split, or at the indices given, as a data set of their own."""
        return Part(self, self.indices(which) if isinstance(which, str) else np.asarray(which))

    @property
    def image_names(self) -> list[str]:
        return [self.image_name(i) for i in range(len(self))]

    def __len__(self) -> int:
        return len(self.labels)


class Part(EyeData):
    """Some images of another data set, by index; nothing is copied."""

    def __init__(self, whole: EyeData, indices: np.ndarray) -> None:
        self.whole, self.chosen = whole, indices.astype(np.int64)
        self.name, self.title, self.task = whole.name, whole.title, whole.task
        self.classes = whole.classes
        self.labels, self.groups = whole.labels[self.chosen], whole.groups[self.chosen]
        self.splits = whole.splits[self.chosen]

    @property
    def patients(self) -> np.ndarray:
        return self.whole.patients[self.chosen]

    def image(self, i: int) -> np.ndarray:
        return self.whole.image(int(self.chosen[i]))

    def masks(self, i: int) -> dict[str, np.ndarray]:
        return self.whole.masks(int(self.chosen[i]))

    def image_name(self, i: int) -> str:
        return self.whole.image_name(int(self.chosen[i]))
