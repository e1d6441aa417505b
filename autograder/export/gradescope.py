"""``gradescope``: a ``results.json`` per submission.

Format: gradescope-autograders.readthedocs.io, "Autograder Specifications", Output format.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from autograder.export import PUBLISHED
from autograder.export.sheet import Line
from autograder.judge.check import NOT_CHECKABLE, PASSED
from autograder.term.book import Mark
from autograder.term.graded import Row


def results(
    rows: Iterable[Row],
    output: str,
    visibility: str = PUBLISHED,
    extra: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """The judge's part of a ``results.json``; Gradescope adds up the tests."""
    return {
        "output": output,
        "output_format": "text",
        "visibility": visibility,
        "stdout_visibility": "hidden",
        "tests": [_test(row) for row in rows],
        "extra_data": extra or {},
    }


def _test(row: Row) -> dict[str, Any]:
    """One check; what could not be checked has no status, for it neither passed nor failed."""
    test: dict[str, Any] = {
        "name": row.check,
        "score": row.points,
        "max_score": row.most,
        "output": row.message,
        "output_format": "text",
        "tags": [tag for tag in (row.outcome, row.misconception) if tag],
    }
    if row.outcome != NOT_CHECKABLE:
        test["status"] = "passed" if row.outcome == PASSED else "failed"
    return test


def graded_results(line: Line, visibility: str = PUBLISHED) -> dict[str, Any]:
    """A finished submission: the judge's tests, a person's, a total that overrides their sum."""
    marks = {mark.id: mark for mark in line.standing.marks}
    rows = [replace(row, points=marks[row.check].points) for row in line.rows]
    essays = [mark for id, mark in marks.items() if id not in {row.check for row in rows}]
    made = results(rows, _note(line), visibility, {"student": line.name})
    made["tests"] += [_essay(mark) for mark in essays]
    return {"score": line.standing.total, **made}


def _note(line: Line) -> str:
    parts = []
    if line.standing.penalty:
        parts.append(f"Handed in late: {line.standing.penalty:g} points less.")
    if line.standing.waiting:
        parts.append(f"A person has yet to read {', '.join(line.standing.waiting)}.")
    return " ".join(parts)


def _essay(mark: Mark) -> dict[str, Any]:
    return {
        "name": mark.id,
        "score": mark.points,
        "max_score": mark.most,
        "output": mark.comment,
        "output_format": "text",
        "tags": ["read by a person"],
    }
