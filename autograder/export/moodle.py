"""``moodle``: a CSV file for Moodle, as gradebook import or as filled grading worksheet.

Formats: docs.moodle.org, "Grade import": any columns, mapped by hand when importing, a student
by username, ID number or e-mail. With a roster, the worksheet of one assignment (*View all
submissions → Download grading worksheet*): Moodle's ``mod/assign/feedback/offline/
importgradeslib.php`` (github.com/moodle/moodle) finds a row by ``Identifier`` ("Participant 1234")
and takes ``Grade`` and ``Feedback comments``; it must keep ``Last modified (grade)``.
"""

from __future__ import annotations

import html
from pathlib import Path

from autograder.export.canvas import require_all
from autograder.export.sheet import Line, Sheet, by_name
from autograder.tables import as_written, csv_text, read_csv
from glaucam.errors import InputError

NEEDED = ("Identifier", "Grade", "Last modified (grade)")
MATCHED = ("Username", "ID number", "Email address")  # how a worksheet may name a student
COMMENTS = "Feedback comments"


def moodle_csv(sheet: Sheet, title: str | None = None, roster: Path | None = None) -> str:
    """Marks by username; with ``roster``, a worksheet from Moodle, that one filled in."""
    if roster is not None:
        return _worksheet(sheet, roster)
    header = ["username", "email", title or sheet.assignment, COMMENTS]
    return csv_text(
        header, ([line.name, _email(line), line.total, _html(line)] for line in sheet.lines)
    )


def _email(line: Line) -> str:
    return line.standing.email


def _html(line: Line) -> str:
    """Moodle shows comments as HTML: what a student's code wrote into a message must not act."""
    return html.escape(line.comment)


def _worksheet(sheet: Sheet, roster: Path) -> str:
    rows = read_csv(roster)
    if missing := [name for name in NEEDED if not rows or name not in rows[0]]:
        raise InputError(f"{roster} is no grading worksheet of Moodle: no column {missing[0]!r}")
    column = next((name for name in MATCHED if name in rows[0]), None)
    if column is None:
        raise InputError(
            f"{roster} has none of the columns {', '.join(MATCHED)} to know students by"
        )
    marks = by_name(sheet.lines)
    found = {key for row in rows if (key := _key(row[column], marks))}
    require_all(set(marks) - found, roster, column)
    return csv_text(list(rows[0]), (_filled(row, column, marks) for row in rows))


def _key(cell: str, marks: dict[str, Line]) -> str | None:
    """The student a cell names: as it stands, or by what comes before the @ of an address."""
    names = (cell, cell.partition("@")[0])
    return next((name for name in names if name in marks), None)


def _filled(row: dict[str, str], column: str, marks: dict[str, Line]) -> list[str]:
    key = _key(row[column], marks)
    if key is not None:
        row = {**row, "Grade": marks[key].total}
        if COMMENTS in row:
            row[COMMENTS] = _html(marks[key])
    return [as_written(cell) for cell in row.values()]
