"""What `glaucam data check` says of a class folder: all that is wrong, not only the first."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from glaucam.data.duplicates import near_duplicate_pairs
from glaucam.data.images import image_size, read_image, read_mask
from glaucam.data.layout import (
    MASK_NAMES,
    class_folders,
    class_order,
    find_root,
    patient_in_name,
    read_patients,
    visible_files,
)
from glaucam.data.leaks import leaking_copies
from glaucam.errors import DataError, ImageError


@dataclass(frozen=True)
class FolderReport:
    """``counts`` class → images; the lists name files relative to the root, with the reason."""

    root: str
    counts: dict[str, int]
    unreadable: list[str] = field(default_factory=list)
    non_images: list[str] = field(default_factory=list)
    masks_without_image: list[str] = field(default_factory=list)
    bad_masks: list[str] = field(default_factory=list)  # unreadable, or not their image's size
    absent_patients: list[str] = field(default_factory=list)  # patients.csv names, no such file
    patients_in_two_splits: list[str] = field(default_factory=list)
    copies_in_two_splits: list[str] = field(default_factory=list)  # near duplicates, as pairs
    problems: list[str] = field(default_factory=list)  # of the folder as a whole

    @property
    def ok(self) -> bool:
        """True if nothing is wrong."""
        listed = asdict(self)
        return not any(listed[name] for name in listed if name not in ("root", "counts"))

    def to_dict(self) -> dict[str, Any]:
        return {**asdict(self), "ok": self.ok}


def check_folder(root: str | os.PathLike[str]) -> FolderReport:
    """Read every file under ``root``. Raises DataError only where there is no such folder."""
    root = find_root(root)
    folders = class_folders(root)
    report = FolderReport(str(root), dict(Counter({folder.name: 0 for _, folder in folders})))
    sizes: dict[str, tuple[int, int]] = {}  # stem → image size
    found: dict[str, str] = {}  # name → split
    for split, folder in folders:
        images, others = visible_files(folder)
        report.non_images.extend(path.relative_to(root).as_posix() for path in others)
        report.counts[folder.name] += len(images)
        for path in images:
            found[path.relative_to(root).as_posix()] = split
            _check_image(root, path, sizes, report)
    _check_classes(root, report)
    _check_masks(root, sizes, {Path(name).stem for name in found}, report)
    _check_patients(root, found, report)
    _check_copies(root, found, report)
    return report


def _check_image(
    root: Path, path: Path, sizes: dict[str, tuple[int, int]], report: FolderReport
) -> None:
    name = path.relative_to(root).as_posix()
    try:
        read_image(path)
    except ImageError as error:
        report.unreadable.append(f"{name}: {str(error).removeprefix(f'{path}: ')}")
        return
    if path.stem in sizes:
        report.problems.append(f"two images have the stem {path.stem!r}; masks go by the stem")
    sizes[path.stem] = image_size(path)


def _check_classes(root: Path, report: FolderReport) -> None:
    try:
        classes = class_order(report.counts, root, None)
    except DataError as error:
        report.problems.append(str(error).removeprefix(f"{root}: "))
        return
    absent = [name for name in classes if not report.counts.get(name)]
    if absent:
        report.problems.append(f"no images of class {', '.join(absent)}")


def _check_masks(
    root: Path, sizes: dict[str, tuple[int, int]], stems: set[str], report: FolderReport
) -> None:
    masks = root / "masks"
    for folder in sorted(masks.iterdir()) if masks.is_dir() else ():
        if folder.name[0] == ".":
            continue
        if folder.name not in MASK_NAMES or not folder.is_dir():
            report.problems.append(
                f"masks/{folder.name} is none of {', '.join(MASK_NAMES)}, so it is not read"
            )
            continue
        for path in visible_files(folder)[0]:
            name = path.relative_to(root).as_posix()
            if path.stem not in stems:
                report.masks_without_image.append(name)
            elif path.stem in sizes:
                _check_mask(path, name, sizes[path.stem], report)


def _check_mask(path: Path, name: str, size: tuple[int, int], report: FolderReport) -> None:
    try:
        read_mask(path, size=size)
    except ImageError as error:
        report.bad_masks.append(f"{name}: {str(error).removeprefix(f'{path}: ')}")


def _check_patients(root: Path, found: dict[str, str], report: FolderReport) -> None:
    try:
        patients = read_patients(root)
    except DataError as error:
        report.problems.append(str(error))
        return
    report.absent_patients.extend(name for name in patients if name not in found)
    splits: dict[str, set[str]] = {}
    for name, split in found.items():
        if patient := patients.get(name) or patient_in_name(name):
            splits.setdefault(patient, set()).add(split)
    report.patients_in_two_splits.extend(p for p, where in splits.items() if len(where) > 1)


def _check_copies(root: Path, found: dict[str, str], report: FolderReport) -> None:
    """Only where the folder has splits; of the images that could be read."""
    broken = {line.partition(": ")[0] for line in report.unreadable}
    names = [name for name, split in found.items() if split and name not in broken]
    pairs = near_duplicate_pairs(root / name for name in names)
    splits = np.array([found[name] for name in names])
    report.copies_in_two_splits.extend(leaking_copies(names, pairs, splits))
