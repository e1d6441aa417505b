"""Columns that came, held against the right ones; a difference becomes a Mistake in words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from glaucam.checks.a5_misconceptions import known
from glaucam.checks.a5_returned import Aligned, Texts
from glaucam.checks.a5_situation import BANDS
from glaucam.checks.a5_table_mistakes import WrongNumbers, WrongWords
from glaucam.checks.base import Mistake

NEAR = 6e-4  # lets three printed digits pass, and nothing that is computed otherwise
UNKNOWN = "This matches no mistake we know."
HAND = "Work out this one image by hand and compare."
OTHER_WORDS = {  # column → (numbers came, other words came)
    "true": ("indices-for-names", "other-class-names"),
    "predicted": ("indices-for-names", "other-class-names"),
    "group": ("other-group-names", "other-group-names"),
    "band": ("other-band-names", "other-band-names"),
}


def words(
    table: Aligned,
    column: str,
    right: Sequence[str],
    mistakes: WrongWords,
    known_words: Sequence[str],
) -> None:
    """Raise the Mistake behind a column of words that is not ``right``."""
    if same(table, column, right):
        return
    for name, wrong in mistakes:
        if same(table, column, wrong):
            raise known(name, *example(table, column, right))
    raise unlike(table, column, right, known_words)


def unlike(
    table: Aligned, column: str, right: Sequence[str], known_words: Sequence[str]
) -> Mistake:
    """What a column of words is, that equals no known mistake."""
    texts, there = table.texts(column), table.present
    came = [text for text, present in zip(texts, there, strict=True) if present]
    about = example(table, column, right)
    if all(text is None for text in came):
        empty = np.isnan(table.numbers(column)[there]).all()
        return known("empty-cells" if empty else OTHER_WORDS[column][0], *about)
    if None in came:
        return known("empty-cells", *about)
    if not set(came) <= set(known_words):
        return known(OTHER_WORDS[column][1], *about)
    if len(set(came)) == 1 and column == "predicted":
        return known("constant-prediction", *about)
    if column == "band" and np.ptp([came.count(word) for word in BANDS]) <= 2:
        return known("bands-by-quantile", *about)
    if sorted(map(str, came)) == sorted(r for r, p in zip(right, there, strict=True) if p):
        return known("rows-mixed", *about)
    return unknown(*about)


def numbers(table: Aligned, column: str, right: np.ndarray, mistakes: WrongNumbers) -> None:
    """Raise the Mistake behind a column of numbers that is not ``right``.

    Only images with a row and a right number count; NaN for a number is a mistake of its own.
    """
    values = table.numbers(column)
    asked = table.present & ~np.isnan(right)
    if any(table.texts(column)[i] is not None for i in np.flatnonzero(asked)):
        raise known("strings-for-numbers", *example(table, column, right))
    if close(values[asked], right[asked]):
        return
    about = example(table, column, right)
    if np.isnan(values[asked]).any():
        raise known("empty-cells", *about)
    for name, wrong in mistakes:
        if close(values[asked], wrong[asked]):
            raise known(name, *about)
    if close(values[asked], 100 * right[asked], 0.6):
        raise known("percent", *about)
    if any(close(values[asked], right[asked].round(d), 1e-6) for d in (1, 2)):
        raise known("rounded", *about)
    if close(np.sort(values[asked]), np.sort(right[asked])):
        raise known("rows-mixed", *about)
    raise unknown(*about)


def close(a: np.ndarray, b: np.ndarray, within: float = NEAR) -> bool:
    """Equal up to ``within``, and for large numbers up to that part of them."""
    return bool((np.abs(a - b) <= within * np.maximum(1, np.abs(b))).all())


def near(table: Aligned, column: str, expected: np.ndarray) -> bool:
    """Whether a column of numbers is there and equals ``expected`` in every row."""
    if not table.has(column) or any(text is not None for text in table.texts(column)):
        return False
    return close(table.numbers(column)[table.present], expected[table.present])


def same(table: Aligned, column: str, expected: Sequence[str | None]) -> bool:
    """Whether a column of words equals ``expected`` in every row there is."""
    came: Texts = table.texts(column)
    return all(c == e for c, e, there in zip(came, expected, table.present, strict=True) if there)


def example(table: Aligned, column: str, right: Sequence[str] | np.ndarray) -> tuple[str, str]:
    """The first image that is wrong, in words: what came, and what was expected."""
    texts, values = table.texts(column), table.numbers(column)
    for i in np.flatnonzero(table.present).tolist():
        expected, text, value = right[i], texts[i], values[i]
        came = (
            f"`{column}`: {f'`{text}`' if text is not None else shown(value)} came for one image. "
        )
        if isinstance(expected, str):
            if text != expected:
                return came, f"Expected there: `{expected}`. "
        elif not np.isnan(expected) and (text is not None or not close(value, expected)):
            return came, f"Expected there: {shown(expected)}. "
    return f"`{column}`: ", ""


def unknown(came: str, expected: str) -> Mistake:
    """A column that is wrong in no way we know."""
    return Mistake(f"{came}{UNKNOWN}", f"{expected}{HAND}", "unknown")


def shown(value: float) -> str:
    return "an empty cell (NaN)" if np.isnan(value) else f"{value:.4g}"
