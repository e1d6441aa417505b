"""The rules an error table is held against: one per question, each giving praise or a Mistake.

One mistake is paid once: where a column is wrong, what builds on it is also right if it follows
from the student's own column.
"""

from __future__ import annotations

import numpy as np

from glaucam.checks.a5_compare import NEAR, example, near, numbers, same, words
from glaucam.checks.a5_misconceptions import known
from glaucam.checks.a5_returned import Aligned
from glaucam.checks.a5_situation import (
    BANDS,
    CLASSES,
    GROUPS,
    Situation,
    band_of,
    bands_of,
    class_names,
    confidence_of,
    groups_of,
)
from glaucam.checks.a5_table_mistakes import (
    WrongNumbers,
    band_mistakes,
    confidence_mistakes,
    decision_mistakes,
    group_mistakes,
    lift_mistakes,
    p_mistakes,
    share_mistakes,
    true_mistakes,
)


def rows_are_right(table: Aligned, asked: Situation) -> str:
    """One row for each image, called by its name, with its own values beside it."""
    if table.table.kind != "DataFrame":
        raise known("not-a-table", f"A {table.table.kind} came back. ")
    if table.fault is not None:
        raise table.fault
    truth = class_names(asked.y_true == 1)
    if not (
        near(table, "p_glaucoma", asked.p) or (table.has("true") and same(table, "true", truth))
    ):
        about = "Neither `true` nor `p_glaucoma` is that of the image it stands beside. "
        raise known("rows-mixed", about)
    return f"{len(asked.names)} images, {len(asked.names)} rows."


def decision_is_right(table: Aligned, asked: Situation) -> str:
    """`true` and `predicted` are class names; predicted glaucoma means p ≥ threshold."""
    words(table, "true", class_names(asked.y_true == 1), true_mistakes(asked), CLASSES)
    words(table, "predicted", class_names(asked.called), decision_mistakes(asked), CLASSES)
    return "Right, also for an image exactly at the threshold."


def group_is_right(table: Aligned, asked: Situation) -> str:
    """TP, TN, FP or FN, glaucoma positive."""
    right = groups_of(asked.y_true == 1, asked.called)
    own = own_groups(table)
    if own is None or not same(table, "group", own):
        words(table, "group", right, group_mistakes(asked), GROUPS)
    return "Every image is in one of the four groups, and in the right one."


def confidence_is_right(table: Aligned, asked: Situation) -> str:
    """`p_glaucoma` as it was given; the confidence is the probability of the predicted class."""
    numbers(table, "p_glaucoma", asked.p, p_mistakes(asked))
    own = own_called(table)
    if own is None or not near(table, "confidence", confidence_of(own, asked.p)):
        numbers(table, "confidence", asked.confidence, confidence_mistakes(asked))
    return "The probability of what was called, whichever class that is."


def band_is_right(table: Aligned, asked: Situation) -> str:
    """high from .9 on, low below .7, else middle."""
    right = bands_of(asked.confidence)
    if not same(table, "band", own_bands(table) or right):
        words(table, "band", right, band_mistakes(asked), BANDS)
    return "Right, also at exactly .7, .9 and 1."


def own_called(table: Aligned) -> np.ndarray | None:
    """bool [N]: what the student's own column says was called glaucoma; None if it doesn't say."""
    if not table.has("predicted"):
        return None
    texts = table.texts("predicted")
    present = [text for text, there in zip(texts, table.present, strict=True) if there]
    if not present or not set(present) <= set(CLASSES):
        return None
    return np.array([text == "glaucoma" for text in texts])


def own_groups(table: Aligned) -> list[str] | None:
    """The groups that follow from the student's own `true` and `predicted`."""
    called = own_called(table)
    if called is None or not table.has("true") or not set(table.texts("true")) <= {*CLASSES, None}:
        return None
    return groups_of(np.array([t == "glaucoma" for t in table.texts("true")]), called)


def own_bands(table: Aligned) -> list[str] | None:
    """The bands that follow from the student's own `confidence`, a fraction or a percentage."""
    if not table.has("confidence"):
        return None
    own = table.numbers("confidence")
    if np.isnan(own[table.present]).any():
        return None
    return [band_of(c) for c in (own / 100 if np.nanmax(own) > 1.01 else own)]


def share_is_right(table: Aligned, asked: Situation) -> str:
    """The disc's share of the heat, where there is heat."""
    heated(table, "disc_share", asked.share, share_mistakes(asked))
    return "Heat inside the disc ÷ all heat, on discs of every size."


def lift_is_right(table: Aligned, asked: Situation) -> str:
    """The share as a multiple of what chance would put there."""
    own = table.numbers("disc_share") if table.has("disc_share") else asked.share
    with np.errstate(invalid="ignore"):
        follows = close_or_nan(table.numbers("disc_lift"), own / asked.area)
    if not follows[table.present].all():
        mistakes = [*lift_mistakes(asked, asked.share), *lift_mistakes(asked, own)]
        heated(table, "disc_lift", asked.lift, mistakes)
    return "Share ÷ the disc's own part of the area: 1 is chance."


def no_heat_is_right(table: Aligned, asked: Situation) -> str:
    """NaN where a map has no heat at all, and only there."""
    cold = np.isnan(asked.share)
    columns = [name for name in ("disc_share", "disc_lift") if table.has(name)]
    if not columns:
        raise table.table.missing("disc_share")
    for name in columns:
        values = table.numbers(name)
        if cold.any() and not (cold & table.present).any():
            raise known("rows-left-out", "The images without heat are not in your table. ")
        there = values[cold & table.present]
        if not np.isnan(there).all():
            zero = (np.abs(there[~np.isnan(there)]) < 1e-3).all()
            came = f"`{name}` is {there[~np.isnan(there)][0]:.4g} for a map without any heat. "
            raise known("zero-for-no-heat" if zero else "number-for-no-heat", came)
        if np.isnan(values[~cold & table.present]).any():
            raise known("nan-where-heat-is", f"`{name}`: ")
    return "Nothing was measured, so nothing is claimed: NaN."


def heated(table: Aligned, column: str, right: np.ndarray, mistakes: WrongNumbers) -> None:
    """Compare where there is heat. A few NaN there are `no_heat`'s to judge, not this rule's."""
    if mixed(table, column, right):
        raise known("rows-mixed", *example(table, column, right))
    expected = right.copy()
    came = np.isfinite(table.numbers(column))
    asked = table.present & ~np.isnan(right)
    if came[asked].mean() >= 0.5:
        expected[~came & asked] = np.nan
    numbers(table, column, expected, mistakes)


def mixed(table: Aligned, column: str, right: np.ndarray) -> bool:
    """Whether a column holds the right numbers, and the right NaN, in other rows."""
    came, wanted = table.numbers(column)[table.present], right[table.present]
    in_order = close_or_nan(np.sort(came), np.sort(wanted))
    return bool(in_order.all() and not close_or_nan(came, wanted).all())


def close_or_nan(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """bool [N]: both NaN, or equal up to the tolerance."""
    return (np.isnan(a) & np.isnan(b)) | (np.abs(a - b) <= NEAR * np.maximum(1, np.abs(b)))
