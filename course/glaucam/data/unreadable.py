"""Files that are no readable images: refused, or listed once and left out where that is asked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from glaucam.data.images import image_size, read_small
from glaucam.data.layout import Item
from glaucam.errors import DataError, ImageError


def refuse_unreadable(root: Path, paths: Sequence[Path]) -> None:
    """Look at every header; DataError counts the broken ones and names the first."""
    broken = []
    for path in paths:
        try:
            image_size(path)
        except ImageError as error:
            broken.append(str(error))
    if broken:
        raise DataError(
            f"{root}: {len(broken)} of {len(paths)} images cannot be read, first {broken[0]} "
            "(`glaucam data check` lists them all; --skip-unreadable goes on without them)"
        )


def without_unreadable(root: Path, items: Sequence[Item]) -> tuple[list[Item], list[str]]:
    """(the items that decode to their end, the others as "name: reason").

    Pixels are decoded, JPEG at a small size, since a file that is cut short has a sound header.
    """
    kept, skipped = [], []
    for item in items:
        try:
            read_small(item.path, 64)
        except ImageError as error:
            skipped.append(f"{item.name}: {str(error).removeprefix(f'{item.path}: ')}")
        else:
            kept.append(item)
    return kept, skipped
