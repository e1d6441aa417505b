"""`--data`: a registered data set's name, a card's name, or a class folder."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from glaucam.data.card import Card
from glaucam.data.card_data import CardData, data_home
from glaucam.data.cards import card_paths, find_card
from glaucam.data.dataset import EyeData
from glaucam.data.folders import ClassFolder
from glaucam.data.layout import find_root
from glaucam.data.medmnist_data import MedMnistData
from glaucam.errors import DataError, UnknownName
from glaucam.registry import DATASETS, unknown


class CardSet:
    """What DATASETS holds for a card: its facts, and ``open`` to read its files."""

    structures: tuple[str, ...] = ()

    def __init__(self, card: Card) -> None:
        self.card = card
        self.name, self.title, self.task = card.name, card.title, card.task
        self.classes, self.structures = card.classes, tuple(card.masks)

    @property
    def home(self) -> Path:
        """Where its files are expected: GLAUCAM_DATA/<name>."""
        return data_home() / self.name

    def open(self, root: str | os.PathLike[str] | None = None, **options: Any) -> EyeData:
        """The data set under ``root`` (default ``home``); options as of ``CardData``."""
        if self.card.layout.rule == "medmnist":
            if options.get("splits"):
                raise DataError(f"{self.name} has the package's own split; leave out --splits")
            return MedMnistData(self.card, root or self.home, options.get("split"))
        return CardData(self.card, root or self.home, **options)


@DATASETS.register_files(card_paths)
def card_set(name: str) -> CardSet:
    """The entry of a card, read from its file."""
    return CardSet(find_card(name))


def open_data(
    name_or_folder: str | os.PathLike[str],
    n: int | None = None,
    seed: int | None = None,
    classes: Sequence[str] | None = None,
    split: str | None = None,
    complete: bool = True,
    root: str | os.PathLike[str] | None = None,
    splits: str | os.PathLike[str] | None = None,
    skip_unreadable: bool = False,
) -> EyeData:
    """The data set of that name, of ``n`` images drawn by ``seed``, or the class folder there.

    ``classes`` (a checkpoint's) fixes a folder's class order and is checked for a named set.
    ``n`` and ``seed`` are for sets that are made. ``root`` is where a card's files lie (default
    GLAUCAM_DATA/<name>); ``splits`` a stored split; ``skip_unreadable`` leaves broken files out.
    Raises UnknownName or DataError.
    """
    files = {"split": split, "complete": complete, "splits": splits,
             "skip_unreadable": skip_unreadable}  # fmt: skip
    if isinstance(name_or_folder, str) and name_or_folder in DATASETS:
        entry = DATASETS[name_or_folder]
        if not isinstance(entry, CardSet):
            _refuse_files(name_or_folder, root, splits)
            return _made(entry, n, seed, classes, split)
        _refuse_number(name_or_folder, n)
        _refuse_other_classes(entry.name, entry.classes, classes)
        return entry.open(root, **files)
    folder = find_root(name_or_folder)
    if not folder.exists() and len(folder.parts) == 1:
        raise UnknownName(
            unknown("data set", str(name_or_folder), list(DATASETS), most=40)
            + "; or give a folder with one folder per class"
        )
    _refuse_number(str(folder), n)
    if root is not None:
        raise DataError(f"{folder}: --root is for a card's name; a folder is its own root")
    return ClassFolder(folder, classes, **files)  # type: ignore[arg-type]


def _made(
    entry: Any, n: int | None, seed: int | None, classes: Sequence[str] | None, split: str | None
) -> EyeData:
    asked = {"n": n, "seed": seed}
    data = entry(**{key: value for key, value in asked.items() if value is not None})
    _refuse_other_classes(data.name, data.classes, classes)
    return data if split is None else data.part(split)


def _refuse_other_classes(name: str, have: tuple[str, ...], expected: Sequence[str] | None) -> None:
    if expected is not None and tuple(expected) != have:
        raise DataError(
            f"data set {name!r} has the classes ({', '.join(have)}), "
            f"expected ({', '.join(expected)}); use data of the model's task"
        )


def _refuse_number(name: str, n: int | None) -> None:
    if n is not None:
        raise DataError(f"{name}: it has the images it has; leave out the number ({n})")


def _refuse_files(name: str, root: Any, splits: Any) -> None:
    if root is not None or splits is not None:
        raise DataError(f"{name} is made when asked for; leave out --root and --splits")
