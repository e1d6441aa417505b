"""What `glaucam data check NAME` says of a card's files: all that is wrong, not only the first."""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from glaucam.data.duplicates import near_duplicate_pairs
from glaucam.data.files import EyeFiles
from glaucam.data.images import image_size, read_image
from glaucam.data.leaks import leaking_copies, leaking_groups
from glaucam.errors import ImageError

if TYPE_CHECKING:
    from glaucam.data.source import CardSet


def check_card(
    entry: CardSet,
    root: str | os.PathLike[str] | None = None,
    splits: str | os.PathLike[str] | None = None,
) -> dict[str, Any]:
    """``counts`` class → images, lists of what is wrong, and ``ok``.

    ``leaks``: patients, and near duplicates, on two sides of the split. Raises DataError where the
    files do not fit the card at all.
    """
    data = entry.open(root, complete=False, splits=splits, skip_unreadable=True)
    named = np.array(data.classes)[data.labels]
    told: dict[str, Any] = {
        "root": str(getattr(data, "root", "")),
        "counts": {name: int((named == name).sum()) for name in data.classes},
        "splits": dict(Counter(str(split) for split in data.splits)),
        "unreadable": list(getattr(data, "skipped", [])),
        "bad_masks": [],
        "leaks": [],
    }
    if isinstance(data, EyeFiles):
        told["unreadable"] += _cut_short(data)
        told["bad_masks"] = _bad_masks(data)
        told["leaks"] = leaks(data)
    empty = [name for name, n in told["counts"].items() if n == 0]
    told["problems"] = [f"no images of class {name}" for name in empty]
    lists = ("unreadable", "bad_masks", "leaks", "problems")
    return {**told, "ok": not any(told[name] for name in lists)}


def leaks(data: EyeFiles) -> list[str]:
    """Patients and near duplicates on two sides of the split, as "a (train) and b (test): why"."""
    names = data.image_names
    pairs = near_duplicate_pairs(item.path for item in data.items)
    return [
        *leaking_groups(names, data.patients, data.splits),
        *leaking_copies(names, pairs, data.splits),
    ]


def _cut_short(data: EyeFiles) -> list[str]:
    """What only a decoding at full size finds."""
    found = []
    for item in data.items:
        try:
            read_image(item.path)
        except ImageError as error:
            found.append(f"{item.name}: {str(error).removeprefix(f'{item.path}: ')}")
    return found


def _bad_masks(data: EyeFiles) -> list[str]:
    found = []
    for i, item in enumerate(data.items):
        for file in data.mask_files(i).values():
            if file.path.is_file():
                try:
                    file.read(image_size(item.path))
                except ImageError as error:
                    found.append(str(error).removeprefix(f"{data.root}/"))
    return found
