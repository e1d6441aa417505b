"""``python -m autograder build``: from ``solutions/<id>.py`` to ``assignments/<id>/<id>.ipynb``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import nbformat

from autograder.release import student_notebook
from autograder.source import ROOT, AssignmentSource, assignment_ids, read_source

ASSIGNMENTS = ROOT / "assignments"


def built_path(assignment: str, out: Path = ASSIGNMENTS) -> Path:
    """Where the built notebook of an assignment lies."""
    return out / assignment / f"{assignment}.ipynb"


def built_bytes(source: AssignmentSource) -> bytes:
    """The student's notebook as a file; the same source gives the same bytes on any machine."""
    return (nbformat.writes(student_notebook(source)).rstrip("\n") + "\n").encode()


def build(ids: Sequence[str] = (), check: bool = False, out: Path = ASSIGNMENTS) -> int:
    """Build the named assignments, all when none is named; return the exit status.

    With ``check`` nothing is written: 1 if a built notebook is missing or no longer what its
    source gives, else 0. Raises InputError for an unknown id or a malformed source.
    """
    sources = [read_source(name) for name in ids or assignment_ids()]
    stale = [source.id for source in sources if not is_fresh(source, out)]
    if check:
        for name in stale:
            print(f"stale: {name}; run python -m autograder build {name}", file=sys.stderr)
        return 1 if stale else 0
    for source in sources:
        write(source, out)
        print(f"{'built' if source.id in stale else 'unchanged'}: {built_path(source.id, out)}")
    return 0


def is_fresh(source: AssignmentSource, out: Path = ASSIGNMENTS) -> bool:
    """Whether the built notebook is byte for byte what the source gives."""
    path = built_path(source.id, out)
    return path.is_file() and path.read_bytes() == built_bytes(source)


def write(source: AssignmentSource, out: Path = ASSIGNMENTS) -> Path:
    """Write one built notebook and return its path."""
    path = built_path(source.id, out)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(built_bytes(source))
    return path
