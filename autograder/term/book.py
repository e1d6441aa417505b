"""What the gradebook says of each student: the judge's points, a person's points, the penalty."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry, SubmittedAssignment, SubmittedNotebook

from autograder.source import check_id, read_source
from glaucam.errors import InputError

SQLITE = "sqlite:///"


@dataclass(frozen=True)
class Mark:
    """One graded cell of one student. ``auto``, ``manual``: points, or None where none were given.

    ``waiting``: a person has yet to look. A person's points take the place of the judge's.
    """

    id: str
    most: float
    auto: float | None
    manual: float | None
    extra: float
    waiting: bool
    comment: str

    @property
    def points(self) -> float:
        given = self.auto if self.manual is None else self.manual
        return (given or 0.0) + self.extra


@dataclass(frozen=True)
class Standing:
    """One student's place in one assignment. ``handed_in``: UTC, None where no time is known."""

    student: str
    last_name: str
    first_name: str
    email: str
    handed_in: datetime | None
    marks: tuple[Mark, ...]
    penalty: float

    @property
    def reached(self) -> float:
        return round(sum(mark.points for mark in self.marks), 2)

    @property
    def total(self) -> float:
        return max(0.0, round(self.reached - self.penalty, 2))

    @property
    def most(self) -> float:
        return sum(mark.most for mark in self.marks)

    @property
    def waiting(self) -> list[str]:
        """Ids of the cells a person has yet to look at."""
        return [mark.id for mark in self.marks if mark.waiting]


def db_url_of(out: Path, given: str | None = None) -> str:
    """The gradebook of a run: the given URL, else the SQLite file in its folder."""
    return given or f"{SQLITE}{(out / 'gradebook.db').resolve()}"


def read_book(db_url: str, assignment: str) -> list[Standing]:
    """Every student's standing, by name; InputError where the gradebook does not know of any."""
    if db_url.startswith(SQLITE) and not Path(db_url.removeprefix(SQLITE)).is_file():
        raise InputError(f"there is no gradebook {db_url.removeprefix(SQLITE)}: grade first")
    with Gradebook(db_url) as gradebook:
        try:
            submissions = gradebook.find_assignment(assignment).submissions
        except MissingEntry as error:
            raise InputError(
                f"the gradebook knows no assignment {assignment}: grade first"
            ) from error
        order = list(read_source(assignment).points)
        found = [_standing(submission, order) for submission in submissions]
    return sorted(found, key=lambda standing: standing.student)


def _standing(submission: SubmittedAssignment, order: list[str]) -> Standing:
    marks = [mark for notebook in submission.notebooks for mark in _marks(notebook)]
    place = {id: at for at, id in enumerate(order)}
    student, when = submission.student, submission.timestamp
    return Standing(
        student.id,
        student.last_name or "",
        student.first_name or "",
        student.email or "",
        when.replace(tzinfo=UTC) if when else None,
        tuple(sorted(marks, key=lambda mark: place.get(mark.id, len(place)))),
        submission.late_submission_penalty or 0.0,
    )


def _marks(notebook: SubmittedNotebook) -> list[Mark]:
    """The marks of a notebook, in no order: the gradebook keeps none."""
    said = {comment.name: comment.comment or "" for comment in notebook.comments}
    return [
        Mark(
            check_id(grade.name),
            grade.max_score,
            grade.auto_score,
            grade.manual_score,
            grade.extra_credit or 0.0,
            bool(grade.needs_manual_grade),
            said.get(grade.name, ""),
        )
        for grade in notebook.grades
    ]
