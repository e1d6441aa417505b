"""OCTMNIST and RetinaMNIST, read by their own package (`pip install 'glaucam[medmnist]'`)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np

from glaucam.data.card import Card
from glaucam.data.dataset import SPLITS, EyeData
from glaucam.errors import DataError, InputError


class MedMnistData(EyeData):
    """The images of ``<flag>_<size>.npz`` under ``root``; uint8, held in memory as they are.

    The split is the package's. No patient is known, so each image is a group of its own.
    """

    def __init__(self, card: Card, root: str | os.PathLike[str], split: str | None = None) -> None:
        self.card, self.root = card, Path(root)
        self.name, self.title, self.task = card.name, card.title, card.task
        self.classes = card.classes
        asked = (split,) if split else SPLITS
        parts = [_part(card, self.root, name) for name in asked]
        self._images = [part.imgs for part in parts]
        self._starts = np.cumsum([0, *(len(images) for images in self._images)])
        column = {int(text): card.classes.index(name) for text, name in card.layout.values.items()}
        said = np.concatenate([part.labels.reshape(-1) for part in parts])
        self.labels = np.array([column[int(label)] for label in said], np.int64)
        self.splits = np.repeat(np.array(asked, "<U5"), np.diff(self._starts))
        self.groups = np.array([self.image_name(i) for i in range(len(self))])

    def image(self, i: int) -> np.ndarray:
        part = int(np.searchsorted(self._starts, i, side="right")) - 1
        pixels = self._images[part][i - self._starts[part]]
        return pixels if pixels.ndim == 3 else np.repeat(pixels[..., None], 3, axis=2)

    def masks(self, i: int) -> dict[str, np.ndarray]:
        return {}

    def image_name(self, i: int) -> str:
        part = int(np.searchsorted(self._starts, i, side="right")) - 1
        return f"{self.splits[i]}/{i - self._starts[part]:06d}"


def medmnist_package() -> Any:
    """The package; InputError with the command that installs it."""
    try:
        import medmnist
    except ImportError as error:
        raise InputError(
            "MedMNIST is read by its own package, which is not installed: "
            "pip install 'glaucam[medmnist]'"
        ) from error
    return medmnist


def npz_name(card: Card) -> str:
    """How the package calls the file: 28 px is the size it does not say."""
    size = card.layout.size
    return f"{card.layout.flag}{'' if size == 28 else f'_{size}'}.npz"


def _part(card: Card, root: Path, split: str) -> Any:
    package, layout = medmnist_package(), card.layout
    path = root / npz_name(card)
    if not path.is_file():
        raise DataError(f"{path}: not there; `glaucam data fetch {card.name}` downloads it")
    kind = getattr(package, package.INFO[layout.flag]["python_class"])
    try:
        return kind(split, root=str(root), size=layout.size, download=False)
    except (RuntimeError, OSError, ValueError, KeyError) as error:
        raise DataError(
            f"{root}: {card.name} cannot be read there ({' '.join(str(error).split())}); "
            f"`glaucam data fetch {card.name}` downloads it"
        ) from error
