"""Class folders: anyone's images, as ROOT/<class>/* or ROOT/{train,val,test}/<class>/*."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from glaucam.data.dataset import SPLITS, EyeData
from glaucam.data.images import image_size, read_image, read_mask
from glaucam.data.layout import (
    KNOWN_CLASSES,
    MASK_NAMES,
    Item,
    class_folders,
    class_order,
    find_root,
    patient_in_name,
    read_patients,
    visible_files,
)
from glaucam.data.splits import split_by_group, tens_of_file_number
from glaucam.errors import DataError, ImageError


class ClassFolder(EyeData):
    """The images of a class folder, in the order of split, class and file name.

    ``classes`` gives the order (a checkpoint's, a card's); without it the folders' names tell.
    ``split`` keeps one of train, val, test. ``complete=False`` allows classes without images, for
    commands that need no comparison. Every header is looked at here, pixels only when asked for.
    """

    def __init__(
        self,
        root: str | os.PathLike[str],
        classes: Sequence[str] | None = None,
        split: str | None = None,
        complete: bool = True,
    ) -> None:
        self.root = find_root(root)
        folders = class_folders(self.root)
        self.classes = class_order({folder.name for _, folder in folders}, self.root, classes)
        self.task = next((task for task, c in KNOWN_CLASSES.items() if c == self.classes), "")
        self.name = self.title = self.root.resolve().name
        self.items = _find_items(self.root, folders, self.classes)
        self.splits = _splits(self.items)
        if complete:
            _refuse_unlearned(self)
        if split is not None:
            self._keep(split)
        self.labels = np.array([item.label for item in self.items], np.int64)
        self.groups = np.array([item.patient for item in self.items])
        _refuse_gaps(self, complete)

    def __getitem__(self, i: int) -> tuple[np.ndarray, int]:
        """(image uint8 [H,W,3], label)."""
        return self.image(i), self.label(i)

    def image(self, i: int) -> np.ndarray:
        return read_image(self.items[i].path)

    def image_name(self, i: int) -> str:
        return self.items[i].name

    def masks(self, i: int) -> dict[str, np.ndarray]:
        """The masks there are, bool [H,W]; a rim is added where disc and cup are known."""
        item, masks = self.items[i], {}
        for structure in MASK_NAMES:
            path = self.root / "masks" / structure / f"{item.path.stem}.png"
            if path.is_file():
                masks[structure] = read_mask(path, size=image_size(item.path))
        if {"disc", "cup"} <= masks.keys():
            masks["rim"] = masks["disc"] & ~masks["cup"]
        return masks

    def _keep(self, split: str) -> None:
        if split not in SPLITS:
            raise DataError(f"split {split!r}; expected one of {', '.join(SPLITS)}")
        kept = np.flatnonzero(self.splits == split)
        if len(kept) == 0:
            raise DataError(f"{self.root}: no images in the split {split!r}")
        self.items, self.splits = [self.items[i] for i in kept], self.splits[kept]


def _find_items(
    root: Path, folders: list[tuple[str, Path]], classes: tuple[str, ...]
) -> list[Item]:
    patients = read_patients(root)
    found: list[tuple[str, int, Path]] = []
    strangers: list[Path] = []
    for split, folder in folders:
        images, others = visible_files(folder)
        found += [(split, classes.index(folder.name), path) for path in images]
        strangers += others
    _refuse_strangers(root, strangers)
    _refuse_unreadable(root, [path for _, _, path in found])
    found.sort(key=lambda entry: ((SPLITS.index(entry[0]) if entry[0] else 0), entry[1]))
    names = [path.relative_to(root).as_posix() for _, _, path in found]
    _refuse_absent(root, sorted(patients.keys() - set(names)))
    groups = [
        patients.get(name) or group for name, group in zip(names, _groups(names), strict=True)
    ]
    return [
        Item(path, label, name, group, split)
        for (split, label, path), name, group in zip(found, names, groups, strict=True)
    ]


def _groups(names: list[str]) -> list[str]:
    """What stands for the patient where no table names one.

    The patient in the file's name, where it is named as OCT2017 names its files; else tens of the
    file number, if enough differ: neighbouring files are often one eye, so numbered files are
    never split one by one.
    """
    named = [patient_in_name(name) for name in names]
    tens = [tens_of_file_number(name) for name in names]
    others = tens if len(set(tens)) >= 10 else names
    return [patient or other for patient, other in zip(named, others, strict=True)]


def _splits(items: list[Item]) -> np.ndarray:
    """The folders' own splits, else one by groups that is the same in every run."""
    if all(item.split for item in items):
        return np.array([item.split for item in items], dtype="<U5")
    return split_by_group([item.patient for item in items], [item.label for item in items])


def _refuse_strangers(root: Path, strangers: list[Path]) -> None:
    if strangers:
        first = strangers[0].relative_to(root).as_posix()
        raise DataError(
            f"{root}: {len(strangers)} file(s) in class folders are no images, first {first}; "
            "expected only .png, .jpg, .jpeg, .tif, .tiff: move the others out"
        )


def _refuse_unreadable(root: Path, paths: list[Path]) -> None:
    broken = []
    for path in paths:
        try:
            image_size(path)
        except ImageError as error:
            broken.append(str(error))
    if broken:
        raise DataError(
            f"{root}: {len(broken)} of {len(paths)} images cannot be read, first {broken[0]} "
            "(`glaucam data check` lists them all)"
        )


def _refuse_absent(root: Path, absent: list[str]) -> None:
    if absent:
        raise DataError(
            f"{root / 'patients.csv'}: {len(absent)} image(s) listed there are absent, first "
            f"{absent[0]}; expected names relative to the folder: add the files, or delete the rows"
        )


def _refuse_unlearned(data: ClassFolder) -> None:
    """A class that is tested must be there to learn from, where the folder has its own splits."""
    learned = {item.label for item in data.items if item.split == "train"}
    for item in data.items:
        if learned and item.split and item.label not in learned:
            name = data.classes[item.label]
            raise DataError(
                f"{data.root}: class {name} is in {item.split} but has no images in train; "
                f"expected it in both: add train/{name}, or take {item.split}/{name} out"
            )


def _refuse_gaps(data: ClassFolder, complete: bool) -> None:
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
