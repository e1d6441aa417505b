"""The formative checks of assignment a5: one function per check, called with the student's object.

Their inputs are public: ten small maps, drawn attributes.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from glaucam.checks import a5_error_table as rules
from glaucam.checks.a5_columns import columns_of
from glaucam.checks.a5_returned import Aligned, Returned, aligned
from glaucam.checks.a5_shortcut import Shortcut, shortcuts
from glaucam.checks.a5_shortcut_answers import none_mistake, planted_mistake
from glaucam.checks.a5_situation import COLUMNS, Situation
from glaucam.checks.a5_summary import COLUMNS as SUMMARY_COLUMNS
from glaucam.checks.a5_summary import (
    Summed,
    empty_is_right,
    groups_are_right,
    means_are_right,
)
from glaucam.checks.base import Mistake, Outcome, formative, student

SEED = 2026
Check = Callable[..., Outcome]


@lru_cache(maxsize=1)
def public_situation() -> Situation:
    """Ten images with ties at the threshold and at both bands; one map is empty, one
    misses the disc, one is warm everywhere.
    """
    rng = np.random.default_rng(SEED)
    heat = np.maximum(rng.normal(0.2, 0.5, (10, 4, 5)), 0).round(1)
    masks = np.zeros((10, 4, 5), bool)
    for mask, (height, width) in zip(masks, rng.integers(1, 4, (10, 2)), strict=True):
        mask[:height, 1 : 1 + width] = True
    heat[3], heat[5][masks[5]] = 0, 0
    heat[7] = np.maximum(heat[7], 0.2)
    return Situation(
        title="ten small maps",
        names=[f"eye_{n:02d}.png" for n in (7, 12, 3, 40, 21, 9, 33, 18, 2, 25)],
        y_true=np.array([1, 0, 1, 0, 1, 0, 1, 0, 0, 1]),
        p=np.array([0.9513, 0.4, 0.4, 0.0327, 0.3, 0.45, 0.9, 0.7, 0.1, 0.0]),
        heatmaps=heat.astype(np.float32),
        masks=masks,
        threshold=0.4,
    )


def table_check(id: str, rule: Callable[[Aligned, Situation], str]) -> Check:
    """A check that holds the student's table of the public situation against one rule."""

    def check(error_table: Any) -> str:
        asked = public_situation()
        table = student(error_table, *asked.arguments)
        return rule(aligned(read(table, COLUMNS), asked.names), asked)

    check.__doc__ = rule.__doc__
    return formative(id)(check)


def summary_check(id: str, rule: Callable[[Returned, Summed], str], without: str = "") -> Check:
    """A check on the summary of the public table, or of a part of it that lacks a group."""

    def check(group_summary: Any) -> str:
        table = public_situation().table.sample(frac=1, random_state=SEED)
        asked = Summed("the table of ten", table[table["group"] != without])
        summary = student(group_summary, asked.table.copy())
        return rule(read(summary, SUMMARY_COLUMNS, "group"), asked)

    check.__doc__ = rule.__doc__
    return formative(id)(check)


def read(table: Any, columns: tuple[str, ...], index: str | None = None) -> Returned:
    """What the student's function returned, as the judge would read it."""
    return Returned.read(*student(columns_of, table, columns, index))


error_table_table = table_check("error_table.table", rules.rows_are_right)
error_table_decision = table_check("error_table.decision", rules.decision_is_right)
error_table_group = table_check("error_table.group", rules.group_is_right)
error_table_confidence = table_check("error_table.confidence", rules.confidence_is_right)
error_table_band = table_check("error_table.band", rules.band_is_right)
error_table_share = table_check("error_table.share", rules.share_is_right)
error_table_lift = table_check("error_table.lift", rules.lift_is_right)
error_table_no_heat = table_check("error_table.no_heat", rules.no_heat_is_right)
summary_groups = summary_check("summary.groups", groups_are_right)
summary_means = summary_check("summary.means", means_are_right)
summary_empty = summary_check("summary.empty", empty_is_right, without="FN")


@lru_cache(maxsize=1)
def public_shortcuts() -> list[Shortcut]:
    """Six tables with attributes: four with a shortcut, two without."""
    return shortcuts(SEED)


@formative("shortcut.planted")
def shortcut_planted(find_shortcut: Any) -> str:
    """You name the attribute that decides the model's calls, whichever way it pushes."""
    _, mistake = planted_mistake(public_shortcuts(), named(find_shortcut))
    told(mistake)
    return "Found in all four tables, also where it pushes towards normal."


@formative("shortcut.none")
def shortcut_none(find_shortcut: Any) -> str:
    """You name none where no attribute explains the calls, though one goes with the disease."""
    _, mistake = none_mistake(public_shortcuts(), named(find_shortcut))
    told(mistake)
    return "None where there is none, though an attribute goes with the disease."


def named(find_shortcut: Any) -> list[Any]:
    """The student's answer to every table; what is neither a name nor None stays what it is."""
    return [
        student(find_shortcut, case.table.copy(), case.attributes.copy())
        for case in public_shortcuts()
    ]


def told(mistake: Mistake | None) -> None:
    if mistake is not None:
        raise mistake
