"""Images that lie in files: what class folders and cards share."""

from __future__ import annotations

import os
from collections import Counter
from functools import cached_property
from pathlib import Path

import numpy as np

from glaucam.data.dataset import SPLITS, EyeData
from glaucam.data.images import image_size, read_image
from glaucam.data.layout import MASK_NAMES, Item
from glaucam.data.masks import MaskFile
from glaucam.data.split_files import SPLITS_FILE, read_splits, split_items
from glaucam.data.unreadable import refuse_unreadable, without_unreadable
from glaucam.errors import DataError


class EyeFiles(EyeData):
    """Items in the order of split, class and name. Pixels are read when asked for.

    ``splits`` is the stored split (a file, or ROOT/splits.csv), else the release's own, else one by
    patients or near duplicates; it is made when first asked for. ``skipped`` names the files that
    could not be read, each with the reason, where skipping was asked for.
    """

    root: Path
    items: list[Item]
    skipped: list[str]

    def _settle(
        self,
        items: list[Item],
        split: str | None,
        complete: bool,
        splits: str | os.PathLike[str] | None,
        skip_unreadable: bool,
    ) -> None:
        """Take the items found: check them, leave out what is not asked for."""
        self.skipped, self._splits_file = [], splits
        if skip_unreadable:
            items, self.skipped = without_unreadable(self.root, items)
        else:
            refuse_unreadable(self.root, [item.path for item in items])
        order = {split: i for i, split in enumerate(SPLITS)}
        self.items = sorted(items, key=lambda item: (order.get(item.split, 0), item.label))
        if complete:
            _refuse_unlearned(self)
        if split is not None:
            self._keep(split)
        _refuse_gaps(self, complete)

    @cached_property
    def labels(self) -> np.ndarray:  # type: ignore[override]
        return np.array([item.label for item in self.items], np.int64)

    @cached_property
    def groups(self) -> np.ndarray:  # type: ignore[override]
        return np.array([item.patient or item.name for item in self.items])

    @property
    def patients(self) -> np.ndarray:
        return np.array(["" if item.guessed else item.patient for item in self.items])

    @cached_property
    def splits(self) -> np.ndarray:  # type: ignore[override]
        stored = self._splits_file or _own_file(self.root)
        return read_splits(stored, self.items) if stored else split_items(self.items)

    def __getitem__(self, i: int) -> tuple[np.ndarray, int]:
        """(image uint8 [H,W,3], label)."""
        return self.image(i), self.label(i)

    def __len__(self) -> int:
        return len(self.items)

    def image(self, i: int) -> np.ndarray:
        return read_image(self.items[i].path)

    def image_name(self, i: int) -> str:
        return self.items[i].name

    def mask_files(self, i: int) -> dict[str, MaskFile]:
        """Structure → file; by default ROOT/masks/<structure>/<stem>.png."""
        stem = self.items[i].path.stem
        return {name: MaskFile(self.root / "masks" / name / f"{stem}.png") for name in MASK_NAMES}

    @cached_property
    def _stems(self) -> Counter[str]:
        return Counter(item.path.stem for item in self.items)

    @property
    def _by_stem(self) -> bool:
        """Whether a mask's place is told by its image's stem alone."""
        return True

    def masks(self, i: int) -> dict[str, np.ndarray]:
        """The masks there are, bool [H,W]; a rim is added where disc and cup are known."""
        there = {name: file for name, file in self.mask_files(i).items() if file.path.is_file()}
        if there and self._stems[self.items[i].path.stem] > 1 and self._by_stem:
            raise DataError(
                f"{self.root}: two images have the stem {self.items[i].path.stem!r} and masks go "
                "by the stem, so it is not known whose they are; give the images other names"
            )
        size = image_size(self.items[i].path) if there else (0, 0)
        masks = {name: file.read(size) for name, file in there.items()}
        if {"disc", "cup"} <= masks.keys():
            masks["rim"] = masks["disc"] & ~masks["cup"]
        return masks

    def _keep(self, split: str) -> None:
        if split not in SPLITS:
            raise DataError(f"split {split!r}; expected one of {', '.join(SPLITS)}")
        kept = np.flatnonzero(self.splits == split)
        if len(kept) == 0:
            raise DataError(f"{self.root}: no images in the split {split!r}")
        of_kept = self.splits[kept]
        self.items = [self.items[i] for i in kept]
        self.__dict__["splits"] = of_kept


def _own_file(root: Path) -> Path | None:
    path = root / SPLITS_FILE
    return path if path.is_file() else None


def _refuse_unlearned(data: EyeFiles) -> None:
    """A class that is tested must be there to learn from, where the folder has its own splits."""
    learned = {item.label for item in data.items if item.split == "train"}
    for item in data.items:
        if learned and item.split and item.label not in learned:
            name = data.classes[item.label]
            raise DataError(
                f"{data.root}: class {name} is in {item.split} but has no images in train; "
                f"expected it in both: add train/{name}, or take {item.split}/{name} out"
            )


def _refuse_gaps(data: EyeFiles, complete: bool) -> None:
    counts = Counter(int(label) for label in data.labels)
    if not counts:
        raise DataError(
            f"{data.root}: the class folders hold no images; expected .png, .jpg or .tif files"
        )
    absent = [name for label, name in enumerate(data.classes) if label not in counts]
    if complete and absent:
        present = ", ".join(name for label, name in enumerate(data.classes) if label in counts)
        raise DataError(
            f"{data.root}: no images of class {', '.join(absent)}, only {present}; "
            f"expected some of each of ({', '.join(data.classes)}): add them, or check the "
            "download"
        )
