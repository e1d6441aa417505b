"""``python -m autograder build``: assignments and lessons, each from its one percent source."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat.notebooknode import NotebookNode

from autograder.lessons import LESSONS, lesson_ids, lesson_notebook, lesson_path
from autograder.release import student_notebook
from autograder.source import ROOT, AssignmentSource, assignment_ids, read_source
from glaucam.errors import UnknownName
from glaucam.registry import unknown

ASSIGNMENTS = ROOT / "assignments"


@dataclass(frozen=True)
class Derived:
    """A built notebook: its id, where it lies, and the bytes that its source gives."""

    id: str
    path: Path
    content: bytes

    @property
    def is_fresh(self) -> bool:
        """Whether the file is byte for byte what the source gives."""
        return self.path.is_file() and self.path.read_bytes() == self.content

    def write(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_bytes(self.content)


def build(ids: Sequence[str] = (), check: bool = False, out: Path | None = None) -> int:
    """Build the named assignments and lessons, all when none is named; return the exit status.

    With ``check`` nothing is written: 1 if a built notebook is missing or no longer what its
    source gives, else 0. ``out``: a folder in place of ``assignments/`` and ``course/lessons/``.
    Raises UnknownName for an id there is not, InputError for a malformed source.
    """
    files = [derived(name, out) for name in ids or buildable_ids()]
    stale = [file.id for file in files if not file.is_fresh]
    if check:
        for name in stale:
            print(f"stale: {name}; run python -m autograder build {name}", file=sys.stderr)
        return 1 if stale else 0
    for file in files:
        if file.id in stale:
            file.write()
        print(f"{'built' if file.id in stale else 'unchanged'}: {file.path}")
    return 0


def buildable_ids() -> list[str]:
    """The ids of everything there is a source of: assignments, then lessons."""
    return assignment_ids() + lesson_ids()


def derived(name: str, out: Path | None = None) -> Derived:
    """The built notebook of an assignment or a lesson. Raises UnknownName for neither."""
    if name in lesson_ids():
        return Derived(name, lesson_path(name, out or LESSONS), as_bytes(lesson_notebook(name)))
    if name not in assignment_ids():
        raise UnknownName(unknown("assignment or lesson", name, buildable_ids()))
    return Derived(name, built_path(name, out or ASSIGNMENTS), built_bytes(read_source(name)))


def built_path(assignment: str, out: Path = ASSIGNMENTS) -> Path:
    """Where the built notebook of an assignment lies."""
    return out / assignment / f"{assignment}.ipynb"


def built_bytes(source: AssignmentSource) -> bytes:
    """The student's notebook as a file; the same source gives the same bytes on any machine."""
    return as_bytes(student_notebook(source))


def as_bytes(notebook: NotebookNode) -> bytes:
    """A notebook as a file that ends in one newline."""
    return (nbformat.writes(notebook).rstrip("\n") + "\n").encode()
