"""``csv``: a row per student, for spreadsheets and scripts.

Format: RFC 4180 (comma, header line, UTF-8), lines ended by one line feed. Cells that a
spreadsheet would run are put behind an apostrophe, as OWASP advises ("CSV Injection").
"""

from __future__ import annotations

from autograder.export.sheet import Line, Sheet
from autograder.tables import csv_text

BEFORE = ["student", "assignment", "handed_in_utc", "late_minutes"]
AFTER = ["reached", "late_penalty", "total", "max_points", "waits_for_person"]


def plain_csv(sheet: Sheet) -> str:
    """Name, time, points of each check and essay, penalty, total, and what waits for a person."""
    cells = [mark.id for mark in sheet.lines[0].standing.marks] if sheet.lines else []
    header = [*BEFORE, *cells, *AFTER]
    return csv_text(header, (_row(sheet, line, cells) for line in sheet.lines))


def _row(sheet: Sheet, line: Line, cells: list[str]) -> list[str]:
    standing = line.standing
    points = {mark.id: f"{mark.points:.2f}" for mark in standing.marks}
    when = f"{standing.handed_in:%Y-%m-%dT%H:%M:%SZ}" if standing.handed_in else ""
    late = "" if line.late_minutes is None else str(line.late_minutes)
    numbers = (standing.reached, standing.penalty, standing.total, standing.most)
    return [
        *(line.name, sheet.assignment, when, late),
        *(points.get(id, "") for id in cells),
        *(f"{number:.2f}" for number in numbers),
        " ".join(standing.waiting),
    ]
