"""A student's table as plain numbers and texts.

The judge sends this file into the jail as text, where the library's checks are absent: it imports
numpy and pandas only, decides nothing, and believes nothing of what it reads.
"""

import contextlib

import numpy as np
import pandas as pd

MOST_ROWS = 500  # no assignment asks for so many; more are counted, not read
MOST_TEXT = 60


def columns_of(table, wanted, index=None):
    """A table → (JSON value, arrays): every wanted column as float64 numbers and as texts.

    A cell that is no number is NaN among the numbers; one that is no text is None among the
    texts. ``index``: the wanted column that an index without a name stands for. A table of more
    than MOST_ROWS rows is counted only.
    """
    kind = type(table).__name__[:MOST_TEXT]
    frame = as_frame(table)
    if frame is None:
        return {"kind": kind, "rows": -1}, {}
    texts: dict[str, list] = {}
    numbers = {}
    value = {
        "kind": "DataFrame" if isinstance(table, pd.DataFrame) else kind,
        "rows": len(frame),
        "columns": [str(c)[:MOST_TEXT] for c in list(frame.columns)[:40]],
        "labels": [str(label)[:MOST_TEXT] for label in list(frame.index[:12])],
        "texts": texts,
    }
    if len(frame) <= MOST_ROWS:
        for name in wanted:
            column = one_column(frame, name, index)
            if column is not None:
                numbers[name], texts[name] = cells(column)
    return value, numbers


def as_frame(table):
    """The table itself, or one made of a list of rows or a dict of columns, or None."""
    if isinstance(table, pd.DataFrame):
        return table
    if isinstance(table, dict | list) and 0 < len(table) <= MOST_ROWS:
        with contextlib.suppress(Exception):
            return pd.DataFrame(table)
    return None


def one_column(frame, name, index=None):
    """The values of a column, or of a level of the index, of that name; None where there is none.

    Of two columns of one name the first counts.
    """
    if name in frame.columns:
        column = frame[name]
        return list(column.iloc[:, 0] if isinstance(column, pd.DataFrame) else column)
    if name in frame.index.names:
        return list(frame.index.get_level_values(name))
    if name == index and frame.index.name is None:
        return list(frame.index)
    return None


def cells(values):
    """Values of any type → (float64 [n], texts)."""
    numbers = np.full(len(values), np.nan)
    texts: list[str | None] = [None] * len(values)
    for i, value in enumerate(values):
        if isinstance(value, str):
            texts[i] = str.__str__(value)[:MOST_TEXT]
            continue
        try:
            if value is not None and value is not pd.NA:
                numbers[i] = float(value.item() if hasattr(value, "item") else value)
        except (TypeError, ValueError, OverflowError):
            texts[i] = str(value)[:MOST_TEXT]
    return numbers, texts
