"""`glaucam data audit`: what is in a class folder, twice in it, and what gives its classes away."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import norm, rankdata

from glaucam.data.attributes import ATTRIBUTES, attributes_of
from glaucam.data.duplicates import near_duplicate_pairs
from glaucam.data.layout import (
    class_folders,
    class_order,
    find_root,
    patient_in_name,
    read_patients,
    visible_files,
)
from glaucam.data.splits import tens_of_file_number
from glaucam.errors import DataError, ImageError

TOO_TELLING = 0.65  # AUROC from which an attribute is a trap
_LEVEL = 0.95  # of the interval, over all attributes together
_DRAWS = 400
_FEWEST = 5  # images of each class below which nothing is said


@dataclass(frozen=True)
class Trap:
    """How well one attribute alone tells ``klass`` from the rest.

    ``auroc`` is of greater values for the class, ``low`` and ``high`` its interval over patients
    drawn anew, wide enough for all attributes at once. ``is_trap``: beyond TOO_TELLING either way,
    and the interval leaves chance out.
    """

    attribute: str
    klass: str
    n: int
    auroc: float
    low: float
    high: float
    is_trap: bool


@dataclass(frozen=True)
class Duplicate:
    """Two files, relative to the root; ``across`` names what they differ in: class, split."""

    first: str
    second: str
    exact: bool
    similarity: float
    across: tuple[str, ...]


@dataclass(frozen=True)
class FolderAudit:
    """``counts`` split → class → images ("" where the folder has no splits)."""

    root: str
    classes: tuple[str, ...]
    counts: dict[str, dict[str, int]]
    unreadable: list[str] = field(default_factory=list)
    duplicates: list[Duplicate] = field(default_factory=list)
    traps: list[Trap] = field(default_factory=list)  # all that was measured, worst first
    values: dict[str, list[float | None]] = field(default_factory=dict, repr=False)
    labels: list[int] = field(default_factory=list, repr=False)

    @property
    def warnings(self) -> list[str]:
        """One sentence per trap and per kind of duplicate that a score would suffer from."""
        told = [_trap_in_words(trap) for trap in self.traps if trap.is_trap]
        for where in ("class", "split"):
            n = sum(where in pair.across for pair in self.duplicates)
            if n:
                told.append(f"{n} pair(s) of duplicates lie in different {_PLURAL[where]}: "
                            f"{_DUPLICATE_ADVICE[where]}")  # fmt: skip
        return told

    def to_dict(self) -> dict[str, Any]:
        listed = asdict(self)
        listed = {key: listed[key] for key in listed if key not in ("values", "labels")}
        return {**listed, "warnings": self.warnings}


_PLURAL = {"class": "classes", "split": "splits"}
_DUPLICATE_ADVICE = {
    "class": "one of the labels is wrong, look at both",
    "split": "keep them in one split, or the test will know its answers",
}


def audit_folder(
    root: str | os.PathLike[str], progress: Callable[[], object] | None = None
) -> FolderAudit:
    """Look at every image under ``root``. Raises DataError where there is no class folder."""
    root = find_root(root)
    found = [
        (split, folder.name, path)
        for split, folder in class_folders(root)
        for path in visible_files(folder)[0]
    ]
    if not found:
        raise DataError(f"{root}: no images in class folders; expected normal/*.png and the like")
    classes = _classes(root, [name for _, name, _ in found])
    counts: dict[str, Counter[str]] = {}
    rows, unreadable = [], []
    for split, name, path in found:
        counts.setdefault(split, Counter())[name] += 1
        try:
            rows.append((split, name, path, attributes_of(path)))
        except ImageError as error:
            said = str(error).removeprefix(f"{path}: ")
            unreadable.append(f"{path.relative_to(root).as_posix()}: {said}")
        if progress:
            progress()
    labels = [classes.index(name) for _, name, _, _ in rows]
    values = {key: [row[3][key] for row in rows] for key in ATTRIBUTES}
    names = [path.relative_to(root).as_posix() for _, _, path, _ in rows]
    return FolderAudit(
        root=str(root),
        classes=classes,
        counts={split: dict(counter) for split, counter in counts.items()},
        unreadable=unreadable,
        duplicates=_duplicates(names, rows),
        traps=_traps(values, np.array(labels), _people(names, read_patients(root)), classes),
        values=values,
        labels=labels,
    )


def _classes(root: Path, names: Sequence[str]) -> tuple[str, ...]:
    try:
        return class_order(set(names), root, None)
    except DataError:  # classes that no task of the kit has can be audited all the same
        return tuple(sorted(set(names)))


def _people(names: list[str], patients: dict[str, str]) -> list[str]:
    """Who each image is of: by the table, by its name, else ten neighbouring numbers are one."""
    tens = [tens_of_file_number(name) for name in names]
    others = tens if len(set(tens)) >= 10 else names
    return [patients.get(name) or patient_in_name(name) or other
            for name, other in zip(names, others, strict=True)]  # fmt: skip


def _duplicates(names: list[str], rows: list[tuple[str, str, Path, Any]]) -> list[Duplicate]:
    found = []
    for pair in near_duplicate_pairs([path for _, _, path, _ in rows]):
        one, other = rows[pair.first], rows[pair.second]
        across = tuple(w for k, w in enumerate(("split", "class")) if one[k] != other[k])
        found.append(Duplicate(names[pair.first], names[pair.second], pair.exact,
                               round(pair.similarity, 3), across))  # fmt: skip
    return found


def _traps(
    values: dict[str, list[float | None]], y: np.ndarray, groups: Sequence[str],
    classes: tuple[str, ...],
) -> list[Trap]:  # fmt: skip
    targets = [len(classes) - 1] if len(classes) == 2 else list(range(len(classes)))
    told = {key: _known(column) for key, column in values.items()}
    asked = [
        (key, k, known, column)
        for key, (known, column) in told.items()
        for k in targets
        if min((y[known] == k).sum(), (y[known] != k).sum()) >= _FEWEST and np.ptp(column) > 0
    ]
    z = float(norm.ppf(1 - (1 - _LEVEL) / 2 / max(len(asked), 1)))  # Bonferroni
    _, member = np.unique(np.asarray(groups), return_inverse=True)
    traps = [
        _trap(key, classes[k], column, y[known] == k, member[known], z)
        for key, k, known, column in asked
    ]
    return sorted(traps, key=lambda trap: -abs(trap.auroc - 0.5))


def _known(column: list[float | None]) -> tuple[np.ndarray, np.ndarray]:
    """(indices, values) of the images that have the attribute."""
    known = np.array([i for i, value in enumerate(column) if value is not None], np.int64)
    return known, np.array([column[i] for i in known], np.float64)


def _trap(
    attribute: str, klass: str, column: np.ndarray, is_class: np.ndarray, member: np.ndarray,
    z: float,
) -> Trap:  # fmt: skip
    auroc = _auroc(column, is_class)
    error = _standard_error(column, is_class, member)
    low, high = max(0.0, auroc - z * error), min(1.0, auroc + z * error)
    is_trap = max(auroc, 1 - auroc) > TOO_TELLING and not low <= 0.5 <= high
    return Trap(attribute, klass, len(column), auroc, low, high, is_trap)


def _auroc(values: np.ndarray, positive: np.ndarray) -> float:
    """Mann and Whitney's statistic: how often a positive's value is the greater; ties half."""
    n = int(positive.sum())
    ranks = rankdata(values)[positive].sum()
    return float((ranks - n * (n + 1) / 2) / (n * (len(values) - n)))


def _standard_error(values: np.ndarray, positive: np.ndarray, member: np.ndarray) -> float:
    """Of the AUROC, over patients drawn anew: two eyes of one person are not two witnesses."""
    rng = np.random.default_rng(0)
    people = [np.flatnonzero(member == one) for one in np.unique(member)]
    drawn = []
    for _ in range(_DRAWS):
        chosen = rng.integers(len(people), size=len(people))
        rows = np.concatenate([people[i] for i in chosen])
        if 0 < positive[rows].sum() < len(rows):
            drawn.append(_auroc(values[rows], positive[rows]))
    floor = 0.5 / np.sqrt(min(positive.sum(), (~positive).sum()) * 12)  # where all agree
    return max(float(np.std(drawn)), float(floor) / 4)


def _trap_in_words(trap: Trap) -> str:
    attribute, title = ATTRIBUTES[trap.attribute], ATTRIBUTES[trap.attribute].title
    way = "greater" if trap.auroc > 0.5 else "smaller"
    return (
        f"{title[0].upper()}{title[1:]} alone tells {trap.klass} (AUROC {trap.auroc:.2f}, "
        f"{trap.low:.2f} to {trap.high:.2f}; {way} there): {attribute.advice}"
    )
