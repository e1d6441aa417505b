"""Leaks: the same patient, or the same photograph, on two sides of a split."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from glaucam.data.duplicates import DuplicatePair
from glaucam.errors import DataError

_NAMED = 3  # pairs that the message names


def refuse_leaks(
    names: Sequence[str], groups: Sequence[str] | np.ndarray, splits: np.ndarray, where: str
) -> None:
    """DataError names the pairs where one of ``groups`` ("" is none) lies in two ``splits``."""
    pairs = list(leaking_groups(names, groups, splits))
    if pairs:
        raise DataError(_told(where, pairs, "patient (or group of copies)"))


def leaking_groups(
    names: Sequence[str], groups: Sequence[str] | np.ndarray, splits: np.ndarray
) -> Iterator[str]:
    """ "a (train) and b (test): 17" for the first pair of each group that lies in two splits."""
    first: dict[str, dict[str, str]] = {}
    for name, group, split in zip(names, groups, splits, strict=True):
        if group:
            first.setdefault(group, {}).setdefault(str(split), name)
    for group, found in first.items():
        if len(found) > 1:
            (one, a), (other, b) = list(found.items())[:2]
            yield f"{a} ({one}) and {b} ({other}): {group}"


def leaking_copies(
    names: Sequence[str], pairs: Iterable[DuplicatePair], splits: np.ndarray
) -> list[str]:
    """The near duplicates that lie in two splits, in the same words."""
    return [
        f"{names[pair.first]} ({splits[pair.first]}) and {names[pair.second]} "
        f"({splits[pair.second]}): {'the same file' if pair.exact else f'{pair.similarity:.2f}'}"
        for pair in pairs
        if splits[pair.first] != splits[pair.second]
    ]


def _told(where: str, pairs: list[str], what: str) -> str:
    listed = "; ".join(pairs[:_NAMED]) + ("; …" if len(pairs) > _NAMED else "")
    return (
        f"{where}: {len(pairs)} {what} on two sides of the split: {listed}. A figure on it would "
        "be too good: make one that keeps them together with `glaucam data split --anew`"
    )
