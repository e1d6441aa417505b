"""Leak-free splits: whole patients, never single images, go to train, val or test."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePath

import numpy as np

from glaucam.data.dataset import SPLITS
from glaucam.errors import DataError

FRACTIONS = (0.7, 0.15, 0.15)


def split_by_group(
    groups: Sequence[str] | np.ndarray,
    labels: Sequence[int] | np.ndarray,
    fractions: Sequence[float] = FRACTIONS,
    seed: int = 0,
) -> np.ndarray:
    """str [N] of "train", "val", "test": no group in two of them, classes about as in the whole.

    Groups are dealt in random order, large ones first, each to the split that then misses the
    most of its classes. ``fractions`` are of images, in the order train, val, test.
    """
    groups, labels, wanted = np.asarray(groups), np.asarray(labels), _checked(fractions)
    if len(groups) != len(labels):
        raise DataError(f"{len(groups)} groups for {len(labels)} labels; expected one each")
    _, member = np.unique(groups, return_inverse=True)
    _, labels = np.unique(labels, return_inverse=True)
    counts = np.zeros((member.max(initial=-1) + 1, labels.max(initial=-1) + 1))  # [groups, classes]
    np.add.at(counts, (member, labels), 1)
    dealt = _deal(counts, wanted, np.random.default_rng(seed))
    return np.array(SPLITS)[dealt[member]] if len(groups) else np.empty(0, "<U5")


def tens_of_file_number(name: str) -> str:
    """The group of a numbered file without a patient id: its first number without the last digit.

    Neighbouring numbers are often one eye: ``Im327_g_ACRIMA.jpg`` → ``Im32``. A name without a
    number is a group of its own.
    """
    stem = PurePath(name).stem
    found = re.search(r"\d+", stem)
    if not found:
        return stem
    return stem[: found.start()] + str(int(found.group()) // 10)


def _checked(fractions: Sequence[float]) -> np.ndarray:
    wanted = np.asarray(fractions, float)
    if wanted.shape != (3,) or (wanted < 0).any() or not np.isclose(wanted.sum(), 1):
        raise DataError(
            f"fractions {list(fractions)}; expected three (train, val, test) that sum to 1"
        )
    return wanted


def _deal(counts: np.ndarray, wanted: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The split of each group, int [groups]."""
    goal = wanted[:, None] * counts.sum(axis=0)  # [splits, classes]
    missing = goal.copy()
    dealt = np.empty(len(counts), int)
    order = rng.permutation(len(counts))
    order = order[np.argsort(-counts[order].sum(axis=1), kind="stable")]
    for group in order:
        share = missing / np.maximum(goal, 1e-9)  # how much of its goal a split still misses
        need = np.where(wanted > 0, (share * counts[group]).sum(axis=1), -np.inf)
        dealt[group] = np.argmax(need)
        missing[dealt[group]] -= counts[group]
    return dealt
