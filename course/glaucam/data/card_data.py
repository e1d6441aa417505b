"""A card's data set, read from the folder where its files lie."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from glaucam.data.card import Card
from glaucam.data.dataset import SPLITS
from glaucam.data.files import EyeFiles
from glaucam.data.folders import find_items
from glaucam.data.layout import class_folders, class_order, find_root
from glaucam.data.layout_rules import find_by_card
from glaucam.data.masks import MaskFile
from glaucam.errors import DataError


class CardData(EyeFiles):
    """The images that ``card`` describes, under ``root``.

    A root that follows the class-folder contract is read as one, with the card's classes;
    any other is read by the card's layout. The other arguments are those of ``ClassFolder``.
    """

    def __init__(
        self,
        card: Card,
        root: str | os.PathLike[str],
        split: str | None = None,
        complete: bool = True,
        splits: str | os.PathLike[str] | None = None,
        skip_unreadable: bool = False,
    ) -> None:
        self.card, self.root = card, _root(card, root)
        self.name, self.title, self.task = card.name, card.title, card.task
        self.classes = card.classes
        self._as_folder = is_class_folder(self.root, card.classes)
        if self._as_folder:
            folders = class_folders(self.root)
            class_order({folder.name for _, folder in folders}, self.root, card.classes)
            items = find_items(self.root, folders, card.classes)
        else:
            items = find_by_card(card, self.root)
        self._settle(items, split, complete, splits, skip_unreadable)

    @property
    def _by_stem(self) -> bool:
        return self._as_folder or _stem_alone(self.card)

    def mask_files(self, i: int) -> dict[str, MaskFile]:
        files = super().mask_files(i)
        if self._as_folder:
            return files
        path = self.items[i].path
        for name, rule in self.card.masks.items():
            relative = rule.file.format(stem=path.stem, folder=path.parent.name)
            files[name] = MaskFile(self.root / relative, rule.inside)
        return files


def _stem_alone(card: Card) -> bool:
    return not any("{folder}" in rule.file for rule in card.masks.values())


def is_class_folder(root: Path, classes: Sequence[str]) -> bool:
    """Whether every class has a folder in ROOT, or in one of ROOT/{train,val,test}."""
    return any(
        all((parent / name).is_dir() for name in classes)
        for parent in (root, *(root / split for split in SPLITS))
    )


def data_home() -> Path:
    """Where sets lie by name: GLAUCAM_DATA, else the user's data folder."""
    given = os.environ.get("GLAUCAM_DATA")
    shared = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(given) if given else Path(shared) / "glaucam"


def _root(card: Card, root: str | os.PathLike[str]) -> Path:
    if not card.is_readable:
        raise DataError(
            f"{card.name} has a card only: {card.layout.why} (`glaucam data fetch {card.name}` "
            "says how to get it)"
        )
    found = find_root(root)
    if not found.is_dir():
        raise DataError(
            f"{found}: {card.name} is not there; get it (`glaucam data fetch {card.name}` says "
            "how), and give its folder with --root, or put it there"
        )
    return found
