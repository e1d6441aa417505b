"""The rules a summary of the four groups is held against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from glaucam.checks.a5_compare import close, numbers
from glaucam.checks.a5_misconceptions import known
from glaucam.checks.a5_returned import Aligned, Returned, aligned
from glaucam.checks.a5_situation import GROUPS
from glaucam.checks.a5_table_mistakes import WrongNumbers
from glaucam.checks.base import Mistake

COLUMNS = ("group", "n", "mean_confidence", "mean_disc_lift")
MEANS = {"mean_confidence": "confidence", "mean_disc_lift": "disc_lift"}
RIGHT_OR_WRONG, CALL, BOTH = (0,), (1,), (0, 1)
PLACES = (RIGHT_OR_WRONG, CALL, BOTH)
INSTEAD = {  # column averaged in place of the asked one → the mistake
    "mean_confidence": ("p_glaucoma", "mean-of-p-glaucoma"),
    "mean_disc_lift": ("disc_share", "mean-share-for-lift"),
}


@dataclass(frozen=True)
class Summed:
    """An error table to be summed up; ``title`` names it to the student."""

    title: str
    table: pd.DataFrame

    def column(self, name: str, group: str) -> np.ndarray:
        return self.table.loc[(self.table["group"] == group).to_numpy(), name].to_numpy(float)

    @property
    def n(self) -> np.ndarray:
        """[4]: how many images each group has."""
        return np.array([(self.table["group"] == g).sum() for g in GROUPS], float)

    def means(self, name: str) -> np.ndarray:
        """[4]: the mean of a column in each group over its numbers, NaN where it has none."""
        return np.array([mean(self.column(name, g)) for g in GROUPS])


def mean(values: np.ndarray) -> float:
    there = values[~np.isnan(values)]
    return float(there.sum() / len(there)) if len(there) else np.nan


def by_group(returned: Returned) -> Aligned:
    """The rows of the four groups; a Mistake where none of them is there."""
    if not returned.is_table():
        raise returned.unreadable(len(GROUPS))
    if returned.texts.get("group") is None or not set(returned.texts["group"]) & set(GROUPS):
        labels = ", ".join(returned.labels) or "none"
        raise known("groups-missing", f"The rows are called {labels[:80]}. ")
    return aligned(returned, GROUPS, "group")


def groups_are_right(returned: Returned, asked: Summed) -> str:
    """A row for each of TP, TN, FP, FN, and how many images it stands for."""
    if returned.is_table() and returned.kind != "DataFrame":
        raise known("not-a-table", f"A {returned.kind} came back. ")
    rows = by_group(returned)
    there = rows.present | (asked.n == 0)
    if not there.all():
        raise known("groups-missing", f"No row for {GROUPS[int(np.argmin(there))]}. ")
    if returned.rows > rows.present.sum():
        raise known("rows-beyond-four", f"{returned.rows} rows came back. ")
    numbers(rows, "n", only(asked.n, rows.present & (asked.n > 0)), n_mistakes(asked))
    return "Four groups, and how many images stand behind each."


def means_are_right(returned: Returned, asked: Summed) -> str:
    """The mean of confidence and lift in each group, over the images that have one."""
    rows = by_group(returned)
    for name, column in MEANS.items():
        right = asked.means(column)
        if (spread := nan_spreads(rows, name, right)) is not None:
            raise spread
        full = only(right, rows.present & (asked.n > 0))
        numbers(rows, name, full, mean_mistakes(asked, name))
    return "Averaged over what was measured; gaps are neither zero nor contagious."


def empty_is_right(returned: Returned, asked: Summed) -> str:
    """A group without images: n is 0, and the means are NaN; so is a mean lift without heat."""
    rows, empty = by_group(returned), asked.n == 0
    if not rows.present[empty].all():
        gone = GROUPS[int(np.flatnonzero(empty & ~rows.present)[0])]
        raise known("empty-group-left-out", f"No row for {gone}, which has no image. ")
    for name in MEANS:
        values = rows.numbers(name)[empty]
        if not np.isnan(values).all():
            what = "zero-for-empty-group" if close(values, 0 * values) else "number-for-no-heat"
            raise known(what, f"`{name}` of an empty group is {np.nanmax(values):.4g}. ")
        cold = rows.present & (asked.n > 0) & np.isnan(asked.means(MEANS[name]))
        if not np.isnan(rows.numbers(name)[cold]).all():
            raise known("number-for-no-heat", f"`{name}` of a group without any heat: ")
    n = rows.numbers("n")[empty]
    if np.isnan(n).any():
        raise known("empty-group-without-count", "`n` is NaN. ")
    if not close(n, 0 * n):
        raise Mistake(f"`n` of an empty group is {n.max():.4g}.", "Count its rows.", "unknown")
    return "Nobody there: 0, and no mean of nothing."


def only(values: np.ndarray, there: np.ndarray) -> np.ndarray:
    return np.where(there, values, np.nan)


def n_mistakes(asked: Summed) -> WrongNumbers:
    heated = [np.isfinite(asked.column("disc_lift", g)).sum() for g in GROUPS]
    n = asked.n
    wrong = [("n-without-nan", np.array(heated, float)), ("n-as-fraction", n / n.sum())]
    wrong += [("n-as-fraction", 100 * n / n.sum())]
    wrong += [("groups-overlap", counted_together(n, place)) for place in PLACES]
    return wrong + [("group-rows-swapped", order) for order in other_orders(n)]


def counted_together(n: np.ndarray, letters: tuple[int, ...]) -> np.ndarray:
    """[4]: for each group, the images of all groups that agree with it in ``letters``."""
    return np.array(
        [sum(n[j] for j, h in enumerate(GROUPS) if shared(g, h, letters)) for g in GROUPS], float
    )


def shared(group: str, other: str, letters: tuple[int, ...]) -> bool:
    """Whether two groups have the same letters; both letters stand for the same true class."""
    if letters == BOTH:
        return (group in ("TP", "FN")) == (other in ("TP", "FN"))
    return group[letters[0]] == other[letters[0]]


def mean_mistakes(asked: Summed, name: str) -> WrongNumbers:
    """Another statistic, another column, another set of rows."""
    column = MEANS[name]
    values = [asked.column(column, g) for g in GROUPS]
    other, mistake = INSTEAD[name]
    wrong = [
        (mistake, asked.means(other)),
        ("sum-for-mean", np.array([np.nansum(v) for v in values])),
        ("median-for-mean", np.array([median(v) for v in values])),
        ("nan-counted-as-zero", np.array([mean(np.nan_to_num(v)) for v in values])),
        ("mean-of-all", np.full(4, mean(asked.table[column].to_numpy(float)))),
    ]
    return wrong + [("group-rows-swapped", order) for order in other_orders(asked.means(column))]


def median(values: np.ndarray) -> float:
    there = values[~np.isnan(values)]
    return float(np.median(there)) if len(there) else np.nan


def other_orders(values: np.ndarray) -> list[np.ndarray]:
    """The four values in other common orders: by alphabet, reversed, a pair swapped."""
    orders: Sequence[tuple[int, ...]] = (
        (3, 1, 2, 0), (0, 2, 1, 3), (1, 0, 2, 3), (0, 1, 3, 2), (1, 0, 3, 2), (3, 2, 1, 0),
        (2, 3, 0, 1), (1, 2, 3, 0), (3, 0, 1, 2), (2, 1, 3, 0), (3, 1, 0, 2),
    )  # fmt: skip
    return [values[list(order)] for order in orders]


def nan_spreads(rows: Aligned, name: str, right: np.ndarray) -> Mistake | None:
    """Whether groups with a mean came as NaN."""
    lost = rows.present & np.isnan(rows.numbers(name)) & ~np.isnan(right)
    if not lost.any() or any(text is not None for text in rows.texts(name)):
        return None
    group = GROUPS[int(np.flatnonzero(lost)[0])]
    return known(
        "nan-spreads", f"`{name}` of {group} is NaN. ", f"Expected: {right[lost][0]:.4g}. "
    )
