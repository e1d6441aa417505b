"""Class folders: anyone's images, as ROOT/<class>/* or ROOT/{train,val,test}/<class>/*."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path, PurePath

from glaucam.data.dataset import SPLITS
from glaucam.data.files import EyeFiles
from glaucam.data.layout import (
    KNOWN_CLASSES,
    Item,
    class_folders,
    class_order,
    find_root,
    patient_in_name,
    read_patients,
    visible_files,
)
from glaucam.data.splits import tens_of_file_number
from glaucam.errors import DataError


class ClassFolder(EyeFiles):
    """The images of a class folder, in the order of split, class and file name.

    ``classes`` gives the order (a checkpoint's, a card's); without it the folders' names tell.
    ``split`` keeps one of train, val, test. ``complete=False`` allows classes without images, for
    commands that need no comparison. ``splits`` is a stored split to use. Every header is looked at
    here, pixels only when asked for; ``skip_unreadable`` leaves broken files out and lists them.
    """

    def __init__(
        self,
        root: str | os.PathLike[str],
        classes: Sequence[str] | None = None,
        split: str | None = None,
        complete: bool = True,
        splits: str | os.PathLike[str] | None = None,
        skip_unreadable: bool = False,
    ) -> None:
        self.root = find_root(root)
        folders = class_folders(self.root)
        self.classes = class_order({folder.name for _, folder in folders}, self.root, classes)
        self.task = next((task for task, c in KNOWN_CLASSES.items() if c == self.classes), "")
        self.name = self.title = self.root.resolve().name
        items = find_items(self.root, folders, self.classes)
        self._settle(items, split, complete, splits, skip_unreadable)


def find_items(root: Path, folders: list[tuple[str, Path]], classes: tuple[str, ...]) -> list[Item]:
    """The images of class folders, each with its patient as far as one is known."""
    patients = read_patients(root)
    found: list[tuple[str, int, Path]] = []
    strangers: list[Path] = []
    for split, folder in folders:
        images, others = visible_files(folder)
        found += [(split, classes.index(folder.name), path) for path in images]
        strangers += others
    _refuse_strangers(root, strangers)
    found.sort(key=lambda entry: ((SPLITS.index(entry[0]) if entry[0] else 0), entry[1]))
    names = [path.relative_to(root).as_posix() for _, _, path in found]
    refuse_absent(root, sorted(patients.keys() - set(names)))
    guesses = neighbours(names)
    items = []
    for (split, label, path), name, guess in zip(found, names, guesses, strict=True):
        known = patients.get(name) or patient_in_name(name)
        items.append(Item(path, label, name, known or guess, split, not known and bool(guess)))
    return items


def neighbours(names: list[str]) -> list[str]:
    """What may stand for the patient where nothing names one: tens of the file number, if enough
    differ, else "". Neighbouring files are often one eye, so numbered files are never split one by
    one.
    """
    stems = [PurePath(name).stem for name in names]
    tens = [tens_of_file_number(stem) if re.search(r"\d", stem) else "" for stem in stems]
    return tens if len(set(tens)) >= 10 else [""] * len(names)


def _refuse_strangers(root: Path, strangers: list[Path]) -> None:
    if strangers:
        first = strangers[0].relative_to(root).as_posix()
        raise DataError(
            f"{root}: {len(strangers)} file(s) in class folders are no images, first {first}; "
            "expected only .png, .jpg, .jpeg, .tif, .tiff: move the others out"
        )


def refuse_absent(root: Path, absent: list[str]) -> None:
    if absent:
        raise DataError(
            f"{root / 'patients.csv'}: {len(absent)} image(s) listed there are absent, first "
            f"{absent[0]}; expected names relative to the folder: add the files, or delete the rows"
        )
