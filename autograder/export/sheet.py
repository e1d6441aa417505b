"""What is exported: a line per student, under the name the receiver shall read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from autograder.judge.check import NOT_CHECKABLE
from autograder.term.book import Standing
from autograder.term.graded import Graded, Row
from autograder.term.late import LatePolicy
from autograder.term.status import minutes


@dataclass(frozen=True)
class Line:
    """One student's marks. ``name``: what the receiver calls them; ``rows``: the judge's words."""

    name: str
    standing: Standing
    rows: tuple[Row, ...]
    late_minutes: int | None = None

    @property
    def total(self) -> str:
        """The points in all; nothing where a check is open by our fault, which is no zero."""
        return "" if self.open_checks else f"{self.standing.total:.2f}"

    @property
    def open_checks(self) -> list[str]:
        """Ids of checks that could not be made, and that no person has decided since."""
        undecided = {mark.id for mark in self.standing.marks if mark.manual is None}
        return [r.check for r in self.rows if r.outcome == NOT_CHECKABLE and r.check in undecided]

    @property
    def comment(self) -> str:
        """A sentence per check that lost points, and what the clock took."""
        lost = [f"{row.check}: {row.message}" for row in self.rows if row.points < row.most]
        if self.standing.penalty:
            lost.append(f"handed in late: −{self.standing.penalty:g} points")
        return " ".join(lost)


@dataclass(frozen=True)
class Sheet:
    """All lines of one assignment. ``most``: the points that can be had."""

    assignment: str
    most: float
    lines: tuple[Line, ...]

    @property
    def waiting(self) -> list[str]:
        """Who has a cell that a person has yet to look at: their totals are not final."""
        return [line.name for line in self.lines if line.standing.waiting]


def make_sheet(
    graded: Graded,
    standings: Sequence[Standing],
    policy: LatePolicy | None = None,
    name_of: Callable[[str], str] = str,
) -> Sheet:
    """Join a run and its gradebook, for the students that the run knows."""
    by_student = {standing.student: standing for standing in standings}
    known = [student for student in graded.students if student in by_student]
    lines = [
        Line(
            name_of(student),
            by_student[student],
            tuple(graded.of(student)),
            late_minutes(by_student[student], policy),
        )
        for student in known
    ]
    most = max((line.standing.most for line in lines), default=0.0)
    return Sheet(graded.assignment, most, tuple(sorted(lines, key=lambda line: line.name)))


def late_minutes(standing: Standing, policy: LatePolicy | None) -> int | None:
    if policy is None or standing.handed_in is None:
        return None
    return minutes(policy.late_by(standing.student, standing.handed_in))


def by_name(lines: Iterable[Line]) -> dict[str, Line]:
    return {line.name: line for line in lines}
