"""Splits of files: the release's own, a stored one, or one that keeps patients and copies apart.

A stored split is a CSV with the columns ``image, split, group``. It is read back by every command
(``--splits FILE``, or ROOT/splits.csv), so that a figure can be made again on the same eyes.
"""

from __future__ import annotations

import csv
import io
import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from glaucam.data.atomic import write_atomically
from glaucam.data.dataset import SPLITS
from glaucam.data.duplicates import near_duplicate_groups
from glaucam.data.layout import Item
from glaucam.data.leaks import refuse_leaks
from glaucam.data.splits import FRACTIONS, split_by_group
from glaucam.errors import DataError

SPLITS_FILE = "splits.csv"
COLUMNS = ("image", "split", "group")


def split_items(items: Sequence[Item]) -> np.ndarray:
    """str [N]: the items' own splits, else one by groups that is the same in every run.

    Where a release has no "val", part of its "train" becomes one.
    """
    own = np.array([item.split for item in items], dtype="<U5")
    if not (own != "").all():
        return anew(items)
    if not (own == "val").any() and {"train", "test"} <= set(own):
        train = np.flatnonzero(own == "train")
        own[train] = anew([items[int(i)] for i in train], (0.85, 0.15, 0))
    return own


def anew(
    items: Sequence[Item],
    fractions: Sequence[float] = FRACTIONS,
    seed: int = 0,
    groups: np.ndarray | None = None,
) -> np.ndarray:
    """str [N]: a split by ``groups`` (default ``split_groups``), whatever the release says."""
    groups = split_groups(items) if groups is None else groups
    return split_by_group(groups, [item.label for item in items], fractions, seed)


def split_groups(items: Sequence[Item], look: bool = False) -> np.ndarray:
    """str [N]: what must stay together: patients, and near duplicates where one is not known.

    ``look``: look for near duplicates all the same, since a patient can be in a set under two
    names. It takes about 10 ms an image, so a large set's split is better stored.
    """
    patients = [item.patient for item in items]
    if not look and all(item.patient and not item.guessed for item in items):
        return np.array(patients)
    copies = near_duplicate_groups(_watched([item.path for item in items]))
    names = [patient or item.name for patient, item in zip(patients, items, strict=True)]
    return _joined(names, copies)


def _watched(paths: list[Path]) -> Iterable[Path]:
    """With a bar on stderr where a person waits longer than a few seconds."""
    from tqdm import tqdm

    quiet = len(paths) < 500 or not sys.stderr.isatty()
    return tqdm(paths, desc="looking for copies", unit="image", disable=quiet)


def _joined(names: Sequence[str], copies: np.ndarray) -> np.ndarray:
    """Names of groups that share neither a name nor a copy with another."""
    parent: dict[str, str] = {name: name for name in names}

    def first_of(name: str) -> str:
        while parent[name] != name:
            name = parent[name]
        return name

    for i, first in enumerate(copies):
        one, other = sorted((first_of(names[i]), first_of(names[first])))
        parent[other] = one
    return np.array([first_of(name) for name in names])


def read_splits(path: str | os.PathLike[str], items: Sequence[Item]) -> np.ndarray:
    """str [N] of "train", "val", "test" from a stored split; DataError where it does not fit.

    Every image needs a row; rows of images that are not there are an error; so is a group, or a
    patient, on two sides.
    """
    rows = _rows(Path(path))
    names = [item.name for item in items]
    if absent := [name for name in names if name not in rows]:
        raise DataError(
            f"{path}: {len(absent)} of {len(names)} images have no row, first {absent[0]}; make "
            "the split again with `glaucam data split`"
        )
    splits = np.array([rows[name][0] for name in names], dtype="<U5")
    refuse_leaks(names, [rows[name][1] for name in names], splits, str(path))
    known = ["" if item.guessed else item.patient for item in items]
    refuse_leaks(names, known, splits, str(path))
    return splits


def _rows(path: Path) -> dict[str, tuple[str, str]]:
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            table = csv.DictReader(file)
            missing = set(COLUMNS) - set(table.fieldnames or ())
            rows = [] if missing else list(table)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path}: cannot be read as CSV ({error}); make the split again") from error
    if missing:
        raise DataError(
            f"{path}: no column {min(missing)!r}; expected the header {','.join(COLUMNS)}"
        )
    for row in rows:
        if row["split"] not in SPLITS:
            raise DataError(
                f"{path}: {row['image']} is in {row['split']!r}; expected {', '.join(SPLITS)}"
            )
    return {row["image"]: (row["split"], row["group"] or "") for row in rows}


def write_splits(
    path: str | os.PathLike[str],
    names: Iterable[str],
    splits: Iterable[str],
    groups: Iterable[str],
) -> None:
    """Store a split, whole or not at all. Raises DataError where the file cannot be written."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    table.writerows(zip(names, splits, groups, strict=True))
    try:
        write_atomically(Path(path), text.getvalue().encode())
    except OSError as error:
        raise DataError(
            f"{path}: cannot be written ({error.strerror}); choose another --out"
        ) from error
