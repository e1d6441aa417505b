"""How each class looks in every chart: a colour, a line and a marker that do not need the colour.

The colours are those of Okabe and Ito, told apart by the colour-blind; normal is always the first.
"""

from __future__ import annotations

from typing import NamedTuple


class Mark(NamedTuple):
    colour: str
    line: str
    marker: str


_MARKS = (
    Mark("#0072B2", "-", "o"),
    Mark("#D55E00", "--", "s"),
    Mark("#009E73", "-.", "^"),
    Mark("#CC79A7", ":", "D"),
    Mark("#56B4E9", "-", "v"),
    Mark("#E69F00", "--", "P"),
    Mark("#000000", ":", "X"),
)


def mark_of(index: int) -> Mark:
    """The mark of class ``index``; after the seventh they come round again."""
    return _MARKS[index % len(_MARKS)]
