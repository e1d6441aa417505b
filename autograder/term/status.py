"""Who handed in, when, what of it is judged, who waits for a person, and who was late."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from autograder.grade import Handed, Store
from autograder.gradebook.timestamps import handed_in
from autograder.term.book import Standing
from autograder.term.late import LatePolicy

NOTHING, NEW, WAITING, DONE = "nothing handed in", "to be graded", "waits for a person", "done"
STATES = (NOTHING, NEW, WAITING, DONE)


@dataclass(frozen=True)
class Line:
    """One student. ``handed_in``: UTC; ``late_minutes``: None without a policy or a time."""

    student: str
    state: str
    handed_in: datetime | None = None
    late_minutes: int | None = None
    waiting: tuple[str, ...] = ()
    points: float | None = None
    penalty: float | None = None
    most: float | None = None

    def to_dict(self) -> dict[str, Any]:
        when = self.handed_in.isoformat() if self.handed_in else None
        return {**asdict(self), "handed_in": when, "waiting": list(self.waiting)}


def status(
    handed: Iterable[Handed],
    out: Path,
    assignment: str,
    standings: Iterable[Standing],
    policy: LatePolicy | None = None,
    roster: Iterable[str] = (),
) -> list[Line]:
    """A line per student who handed in or is on the roster, by name."""
    by_student = {standing.student: standing for standing in standings}
    store = Store(out, assignment)
    lines = {h.student: _line(h, store, by_student, policy) for h in handed}
    for student in roster:
        lines.setdefault(student, Line(student, NOTHING))
    return [lines[student] for student in sorted(lines)]


def _line(
    h: Handed, store: Store, by_student: Mapping[str, Standing], policy: LatePolicy | None
) -> Line:
    when = handed_in(h.folder)
    when = when.replace(tzinfo=UTC) if when else None
    late = minutes(policy.late_by(h.student, when)) if policy and when else None
    standing = by_student.get(h.student)
    if standing is None or not store.has(h):
        return Line(h.student, NEW, when, late)
    return Line(
        h.student,
        WAITING if standing.waiting else DONE,
        when,
        late,
        tuple(standing.waiting),
        standing.total,
        standing.penalty,
        standing.most,
    )


def minutes(span: timedelta) -> int:
    return int(span.total_seconds() // 60)


def counts(lines: Iterable[Line]) -> dict[str, int]:
    """How many students are in each state, and how many were late."""
    lines = list(lines)
    found = {state: sum(line.state == state for line in lines) for state in STATES}
    return {**found, "late": sum(bool(line.late_minutes) for line in lines)}


def in_words(lines: Iterable[Line]) -> str:
    """A table for people, and a line of counts."""
    lines = list(lines)
    width = max([len("student"), *(len(line.student) for line in lines)])
    rows = [f"{'student':{width}}  {'handed in (UTC)':16}  {'late':>9}  {'points':>13}  state"]
    for line in lines:
        when = f"{line.handed_in:%Y-%m-%d %H:%M}" if line.handed_in else "–"
        cells = f"{when:16}  {span_in_words(line.late_minutes):>9}  {points_in_words(line):>13}"
        waits = f": {', '.join(line.waiting)}" if line.waiting else ""
        rows.append(f"{line.student:{width}}  {cells}  {line.state}{waits}")
    rows.append(", ".join(f"{n} {state}" for state, n in counts(lines).items() if n))
    return "\n".join(rows)


def span_in_words(late: int | None) -> str:
    """Minutes as people say them: ``2 d 3 h``, ``15 min``, ``–`` where it is not known."""
    if late is None:
        return "–"
    days, rest = divmod(late, 24 * 60)
    hours, left = divmod(rest, 60)
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {left} min" if hours else (f"{left} min" if left else "on time")


def points_in_words(line: Line) -> str:
    if line.points is None:
        return "–"
    off = f" (−{line.penalty:g})" if line.penalty else ""
    return f"{line.points:g}/{line.most:g}{off}"
