"""The class-folder layout: which files of a folder are images of which class and split."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from glaucam.data.dataset import SPLITS
from glaucam.data.images import is_image_name
from glaucam.errors import DataError

LESIONS = ("microaneurysm", "haemorrhage", "hard_exudate", "soft_exudate", "new_vessel")
MASK_NAMES = ("disc", "cup", "fovea", "vessel", "lesion", "field", *LESIONS)
KNOWN_CLASSES = {
    "glaucoma": ("normal", "glaucoma"),
    "oct": ("NORMAL", "CNV", "DME", "DRUSEN"),
    "dr": ("no_dr", "mild", "moderate", "severe", "proliferative"),
    "dr_referable": ("not_referable", "referable"),
}
_RESERVED = ("masks",)
_PATIENT_IN_NAME = re.compile(
    r"(?:NORMAL|CNV|DME|DRUSEN)-(\d+)-\d+"
)  # OCT2017: class, patient, scan


@dataclass(frozen=True)
class Item:
    """One image: ``name`` is relative to the root with forward slashes; ``split`` "" if none.

    ``patient`` "" if nothing tells; ``guessed`` if only neighbouring file numbers do.
    """

    path: Path
    label: int
    name: str
    patient: str
    split: str
    guessed: bool = False


def find_root(root: str | os.PathLike[str]) -> Path:
    """The class folder that is meant: ``root``, or what an unpacked release has made of it.

    OCT2017 unpacks to a folder whose name ends with a blank. It is found by its name with or
    without the blank, and from the folder around it where nothing else there has train, val, test.
    """
    root = Path(root)
    if not root.exists() and root.parent.is_dir():
        alike = [path for path in root.parent.iterdir() if path.name.strip() == root.name.strip()]
        root = alike[0] if len(alike) == 1 else root
    if not root.is_dir() or _has_splits(root):
        return root
    within = [path for path in root.iterdir() if path.is_dir() and _has_splits(path)]
    return within[0] if len(within) == 1 else root


def _has_splits(folder: Path) -> bool:
    return any((folder / split).is_dir() for split in SPLITS)


def patient_in_name(name: str) -> str:
    """The patient that a file of OCT2017 names, ``DME-9583225-2.jpeg`` → ``9583225``; else ""."""
    found = _PATIENT_IN_NAME.fullmatch(PurePath(name).stem)
    return found.group(1) if found else ""


def class_folders(root: Path) -> list[tuple[str, Path]]:
    """(split, folder) of every class folder; split is "" where ROOT holds the classes itself."""
    if not root.exists():
        raise DataError(f"{root}: no such folder; check the path")
    if not root.is_dir():
        raise DataError(f"{root}: a file, expected a folder with one folder per class")
    parts = [(part, root / part) for part in SPLITS if (root / part).is_dir()]
    return [
        (part, folder)
        for part, parent in parts or [("", root)]
        for folder in sorted(parent.iterdir())
        if folder.is_dir() and folder.name not in _RESERVED and folder.name[0] != "."
    ]


def visible_files(folder: Path) -> tuple[list[Path], list[Path]]:
    """The (images by name, other files) of a class folder, sorted; dot-names are skipped."""
    files = [path for path in sorted(folder.iterdir()) if path.name[0] != "."]
    images = [path for path in files if path.is_file() and is_image_name(path)]
    return images, [path for path in files if path not in set(images)]


def class_order(found: Iterable[str], root: Path, asked: Sequence[str] | None) -> tuple[str, ...]:
    """The order of classes: as asked, else the task's that the folders' names belong to."""
    names = set(found)
    listed = ", ".join(sorted(names)) or "no class folders"
    if asked is not None:
        if strange := sorted(names - set(asked)):
            raise DataError(
                f"{root}: the folder {strange[0]!r} is no class of ({', '.join(asked)}); "
                "rename it, or move it out"
            )
        return tuple(asked)
    if not names:
        raise DataError(
            f"{root}: no class folders; expected one folder per class with images, "
            "such as normal/ and glaucoma/"
        )
    for classes in KNOWN_CLASSES.values():
        if names <= set(classes):
            return classes
    if near := _nearest_classes(names):
        raise DataError(
            f"{root}: the folder {min(names - set(near))!r} is no class of ({', '.join(near)}); "
            "rename it, move it out, or give the classes in order"
        )
    raise DataError(
        f"{root}: found {listed}; the order of classes is known for "
        f"{' and for '.join(', '.join(classes) for classes in KNOWN_CLASSES.values())}: "
        "rename the folders, or give the classes in order"
    )


def _nearest_classes(names: set[str]) -> tuple[str, ...]:
    """The task most of whose classes are among ``names``, in any case; () if none is."""
    lowered = {name.lower().strip() for name in names}
    shared = {c: len(lowered & {name.lower() for name in c}) for c in KNOWN_CLASSES.values()}
    best = max(shared, key=lambda classes: shared[classes])
    return best if shared[best] else ()


def read_patients(root: Path) -> dict[str, str]:
    """Image name → patient from ROOT/patients.csv; empty where there is no such file."""
    path = root / "patients.csv"
    if not path.exists():
        return {}
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            table = csv.DictReader(file)
            missing = {"image", "patient"} - set(table.fieldnames or ())
            rows = [] if missing else list(table)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path}: cannot be read as CSV ({error}); save it as UTF-8") from error
    if missing:
        raise DataError(f"{path}: no column {min(missing)!r}; expected the header image,patient")
    named = [row for row in rows if row["image"]]
    return {row["image"].replace("\\", "/"): row["patient"] or "" for row in named}
