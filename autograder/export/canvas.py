"""``canvas``: a CSV file for Canvas, *Grades → Import*.

Format: Canvas' own importer, ``lib/gradebook_importer.rb`` in github.com/instructure/canvas-lms.
The header must hold Student, ID, then SIS User ID and SIS Login ID side by side, and Section last
before the assignments; a row "Points Possible" may follow. A student is found by ID, else by SIS
User ID, else by SIS Login ID; a column whose title no assignment has makes a new one.
"""

from __future__ import annotations

from pathlib import Path

from autograder.export.sheet import Sheet, by_name
from autograder.tables import csv_text, read_csv
from autograder.term.book import Standing
from glaucam.errors import InputError

KNOWN = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
LOGIN = "SIS Login ID"
POINTS = "    Points Possible"  # spelled, with its blanks, as Canvas exports it


def canvas_csv(sheet: Sheet, title: str | None = None, roster: Path | None = None) -> str:
    """Marks by SIS Login ID; with ``roster``, a gradebook exported from Canvas, by its IDs too.

    ``title``: the assignment as Canvas names it, best as exported, ``Title (1234)``.
    """
    header = [*KNOWN, title or sheet.assignment]
    points = [POINTS, "", "", "", "", f"{sheet.most:.2f}"]
    rows = _on_roster(sheet, roster) if roster else _by_login(sheet)
    return csv_text(header, [points, *rows])


def _by_login(sheet: Sheet) -> list[list[str]]:
    return [
        [_full_name(line.standing) or line.name, "", "", line.name, "", line.total]
        for line in sheet.lines
    ]


def _full_name(standing: Standing) -> str:
    return ", ".join(name for name in (standing.last_name, standing.first_name) if name)


def _on_roster(sheet: Sheet, roster: Path) -> list[list[str]]:
    """The roster's rows of those who have marks, in its order; all of them must be on it."""
    rows = read_csv(roster)
    if missing := [name for name in KNOWN if (rows and name not in rows[0]) or not rows]:
        raise InputError(f"{roster} is no gradebook of Canvas: it has no column {missing[0]!r}")
    marks = by_name(sheet.lines)
    listed = [row for row in rows if row[LOGIN] in marks]
    require_all(set(marks) - {row[LOGIN] for row in listed}, roster, LOGIN)
    return [[*(row[name] for name in KNOWN), marks[row[LOGIN]].total] for row in listed]


def require_all(absent: set[str], roster: Path, column: str) -> None:
    """InputError for marks that would get lost because no row of the roster is theirs."""
    if absent:
        some = ", ".join(sorted(absent)[:5])
        raise InputError(
            f"{roster} has no row for {len(absent)} students with marks ({some}); expected their "
            f"names in the column {column!r}"
        )
