"""What came back for a table, laid beside the images it was asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import numpy as np

from glaucam.checks.a5_columns import MOST_ROWS
from glaucam.checks.a5_misconceptions import known
from glaucam.checks.base import Mistake

Texts = list[str | None]
MANY = 10  # rows for each image: beyond, nothing is looked at any more


@dataclass(frozen=True)
class Returned:
    """A table as it came: how many rows, and the asked columns as numbers and as texts.

    ``kind``: the type's name. ``rows``: −1 where it is no table at all.
    """

    kind: str
    rows: int
    columns: tuple[str, ...]
    labels: tuple[str, ...]
    numbers: Mapping[str, np.ndarray]
    texts: Mapping[str, Texts]

    @classmethod
    def read(cls, value: Any, arrays: Mapping[str, np.ndarray]) -> Returned:
        """From what ``columns_of`` gave, believing none of its types."""
        value = value if isinstance(value, dict) else {}
        rows = value.get("rows")
        rows = rows if isinstance(rows, int) else -1
        told = value.get("texts")
        texts = {
            name: [None if cell is None else str(cell)[:60] for cell in column]
            for name, column in _pairs(told)
            if name in arrays and isinstance(column, list) and len(column) == rows
        }
        numbers = {
            name: arrays[name].astype(np.float64)
            for name in texts
            if arrays[name].shape == (rows,) and arrays[name].dtype.kind == "f"
        }
        texts = {name: column for name, column in texts.items() if name in numbers}
        kind = str(value.get("kind", "nothing"))[:60]
        return cls(kind, rows, _names(value, "columns"), _names(value, "labels"), numbers, texts)

    def is_table(self) -> bool:
        """Whether there are rows that can be read."""
        return 0 <= self.rows <= MOST_ROWS

    def missing(self, column: str) -> Mistake:
        """That a column is absent, with what came in its place."""
        near = get_close_matches(column, self.columns, 1)
        came = f"`{near[0]}` came" if near else f"the columns that came: {_listed(self.columns)}"
        return known("missing-column", f"No column `{column}`; {came}. ")

    def unreadable(self, rows: int) -> Mistake:
        """Why no row of this can be used, ``rows`` having been asked for."""
        if self.rows < 0:
            return known("not-a-table", f"A {self.kind} came back, expected a DataFrame. ")
        return known("too-many-rows", f"{self.rows:,} rows came back, expected {rows}. ")


@dataclass(frozen=True)
class Aligned:
    """A returned table in the order of the images asked for.

    ``row``: int [N], the row of each image, −1 where it has none. ``fault``: what is wrong with
    the rows themselves, or None.
    """

    table: Returned
    row: np.ndarray
    fault: Mistake | None = None

    @property
    def present(self) -> np.ndarray:
        """bool [N]: the image has a row."""
        return self.row >= 0

    def numbers(self, column: str) -> np.ndarray:
        """float64 [N], a text that reads as a number taken as one; NaN where there is none."""
        self._require(column)
        read = [_as_number(text) for text in self.table.texts[column]]
        values = np.where(np.isnan(read), self.table.numbers[column], read)
        return np.where(self.present, np.append(values, np.nan)[self.row], np.nan)

    def texts(self, column: str) -> Texts:
        """The texts of a column, None for a cell without one."""
        self._require(column)
        return [self.table.texts[column][i] if i >= 0 else None for i in self.row]

    def has(self, column: str) -> bool:
        return column in self.table.numbers

    def _require(self, column: str) -> None:
        if not self.has(column):
            raise self.table.missing(column)


def aligned(table: Returned, names: Sequence[str], key: str = "image") -> Aligned:
    """Match rows by the name in ``key``; without usable names, by their order.

    Raises Mistake only where nothing can be matched at all.
    """
    if not table.is_table() or table.rows > MANY * len(names):
        raise table.unreadable(len(names))
    if not table.rows:
        raise known("rows-left-out", "A table without rows came back. ")
    by_order = np.arange(len(names)) if table.rows == len(names) else None
    if key not in table.texts:
        if by_order is None:
            raise table.missing(key)
        return Aligned(table, by_order, table.missing(key))
    places: dict[str | None, list[int]] = {}
    for i, text in enumerate(table.texts[key]):
        places.setdefault(text, []).append(i)
    row = np.array([places.get(name, [-1])[0] for name in names])
    if (row < 0).all():
        fault = known("names-changed", f"`{key}` holds none of the names that were given. ")
        if by_order is None:
            raise fault
        return Aligned(table, by_order, fault)
    return Aligned(table, row, _row_fault(table, names, places))


def _row_fault(
    table: Returned, names: Sequence[str], places: Mapping[str | None, list[int]]
) -> Mistake | None:
    """Images that have no row, several rows, or were never asked for."""
    absent = [name for name in names if name not in places]
    twice = [name for name in names if len(places.get(name, [])) > 1]
    if twice:
        n = len(places[twice[0]])
        return known("duplicated-images", f"`{twice[0]}` has {n} rows, expected one. ")
    if absent:
        of = f"{len(absent)} of {len(names)} images have no row, `{absent[0]}` for one. "
        return known("rows-left-out", of)
    if table.rows > len(names):
        came = f"{table.rows} rows came back, expected {len(names)}. "
        return known("rows-too-many", came)
    return None


def _as_number(text: str | None) -> float:
    try:
        return float(text) if text is not None else np.nan
    except ValueError:
        return np.nan


def _pairs(told: Any) -> list[tuple[str, Any]]:
    return [(str(k), v) for k, v in told.items()] if isinstance(told, dict) else []


def _names(value: dict[str, Any], key: str) -> tuple[str, ...]:
    names = value.get(key)
    return tuple(str(n)[:60] for n in names[:40]) if isinstance(names, list) else ()


def _listed(columns: Sequence[str]) -> str:
    shown = ", ".join(f"`{c[:24]}`" for c in columns[:10])
    return shown + (" …" if len(columns) > 10 else "") if shown else "none"
