"""Two judgements of the same hand-ins, side by side: who changes, by how much, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from autograder.tables import csv_text
from autograder.term.graded import Graded, Row

COLUMNS = [
    *("student", "check", "points_before", "points_after", "outcome_before", "outcome_after"),
    *("misconception_before", "misconception_after", "message_after"),
]


@dataclass(frozen=True)
class Change:
    """One check of one student that is judged otherwise; None where it was not judged at all."""

    student: str
    check: str
    before: Row | None
    after: Row | None

    @property
    def by(self) -> float:
        """Points gained, or lost."""
        return round((self.after.points if self.after else 0) - self.points_before, 2)

    @property
    def points_before(self) -> float:
        return self.before.points if self.before else 0.0

    def to_dict(self) -> dict[str, Any]:
        sides = {"before": self.before, "after": self.after}
        rows = {name: asdict(row) if row else None for name, row in sides.items()}
        return {"student": self.student, "check": self.check, "by": self.by, **rows}


def changes(before: Graded, after: Graded) -> list[Change]:
    """Every student and check whose points, outcome or misconception differ, in the new order."""
    old = {(row.student, row.check): row for row in before.rows}
    new = {(row.student, row.check): row for row in after.rows}
    keys = [*new, *(key for key in old if key not in new)]
    return [
        Change(*key, old.get(key), new.get(key))
        for key in keys
        if _judged(old.get(key)) != _judged(new.get(key))
    ]


def _judged(row: Row | None) -> tuple[float, str, str] | None:
    return (row.points, row.outcome, row.misconception) if row else None


def by_student(found: Iterable[Change]) -> dict[str, float]:
    """Student → points gained or lost, for everyone something changes for."""
    total: dict[str, float] = {}
    for change in found:
        total[change.student] = round(total.get(change.student, 0.0) + change.by, 2)
    return total


def as_csv(found: Iterable[Change]) -> str:
    return csv_text(COLUMNS, (_cells(change) for change in found))


def _cells(change: Change) -> list[str]:
    before, after = change.before, change.after
    pairs = [
        (f"{before.points:.2f}" if before else "", f"{after.points:.2f}" if after else ""),
        (before.outcome if before else "", after.outcome if after else ""),
        (before.misconception if before else "", after.misconception if after else ""),
    ]
    cells = [cell for pair in pairs for cell in pair]
    return [change.student, change.check, *cells, after.message if after else ""]


def in_words(found: Iterable[Change]) -> str:
    """A line per student who changes, and below it one per check."""
    found = list(found)
    if not found:
        return "nothing changes"
    lines = []
    for student, total in by_student(found).items():
        lines.append(f"{student}: {total:+g} points")
        lines += [f"    {_line(change)}" for change in found if change.student == student]
    lines.append(f"{len(by_student(found))} students change in {len(found)} checks")
    return "\n".join(lines)


def _line(change: Change) -> str:
    return f"{change.check}: {_side(change.before)} → {_side(change.after)}"


def _side(row: Row | None) -> str:
    if row is None:
        return "not judged"
    why = f", {row.misconception}" if row.misconception else ""
    return f"{row.points:g} ({row.outcome}{why})"
