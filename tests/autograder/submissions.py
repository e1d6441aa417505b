"""Submissions for tests: the notebook of a3 as a student might hand it in."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.release import instructor_notebook, student_notebook
from autograder.source import read_source
from autograder.submission import Submission, SubmittedCell, notebook_cells

ID = "a3_gradcam"


@functools.cache
def _notebook(solved: bool) -> str:
    make = instructor_notebook if solved else student_notebook
    return nbformat.writes(make(read_source(ID)))


def notebook(texts: Mapping[str, str] | None = None, solved: bool = True) -> NotebookNode:
    """The solved (or the released) notebook with other texts in some solution cells."""
    made = nbformat.reads(_notebook(solved), 4)
    for id, text in (texts or {}).items():
        cell_of(made, id)["source"] = text
    return made


def cell_of(made: NotebookNode, id: str) -> NotebookNode:
    """The cell of a marker's id."""
    wanted = id.replace(".", "-")
    return next(c for c in made.cells if c.metadata.get("nbgrader", {}).get("grade_id") == wanted)


def solution(id: str) -> str:
    return read_source(ID).solution_cells[id]


def hand_in(folder: Path, student: str, made: NotebookNode | bytes) -> Path:
    """Write a notebook, or bytes in its place, where ``grade`` looks for it."""
    path = folder / student / ID / f"{ID}.ipynb"
    path.parent.mkdir(parents=True)
    path.write_bytes(made if isinstance(made, bytes) else json.dumps(made).encode())
    return path


def submission(made: NotebookNode) -> Submission:
    return Submission(tuple(notebook_cells(made)))


def code(text: str, claims: str | None = None) -> SubmittedCell:
    return SubmittedCell("code", text, claims)
