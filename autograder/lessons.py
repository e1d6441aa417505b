"""Lessons: guided, ungraded notebooks, built from ``course/lessons/NN_name.py`` beside them."""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbformat.notebooknode import NotebookNode

from autograder.release import bare_notebook
from autograder.source import ROOT, read_source
from glaucam.errors import InputError

LESSONS = ROOT / "course" / "lessons"


def lesson_ids() -> list[str]:
    """The ids of all lessons, in the order of the course: ``01_eye_and_images``, …"""
    return sorted(path.stem for path in LESSONS.glob("[0-9][0-9]_*.py"))


def lesson_path(lesson: str, folder: Path = LESSONS) -> Path:
    """Where the built notebook of a lesson lies."""
    return folder / f"{lesson}.ipynb"


def lesson_notebook(lesson: str) -> NotebookNode:
    """The notebook of a lesson, without outputs. Raises InputError where a cell is to be graded."""
    path = LESSONS / f"{lesson}.py"
    source = read_source(path)
    for cell in source.cells:
        if cell.kind != "plain":
            raise InputError(
                f"{path.name}: line {cell.line}: a {cell.kind} cell in a lesson, which nobody "
                "grades; leave its mark out, or make it an assignment in solutions/"
            )
    notebook = bare_notebook(source, str(path.relative_to(ROOT).as_posix()))
    nbformat.validate(notebook)
    return notebook
