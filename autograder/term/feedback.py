"""Write the feedback pages anew from the gradebook: with a person's points and comments."""

from __future__ import annotations

import html
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.gradebook.preprocessors import one_line
from autograder.gradebook.record import Recorder
from autograder.run import write_atomically
from autograder.source import grade_id, read_source
from autograder.term.book import Mark, Standing, db_url_of, read_book
from glaucam.errors import InputError


def rebuild(
    out: Path, assignment: str, db_url: str | None = None, to: Path | None = None
) -> Iterator[str]:
    """Write every student's page below ``to`` (``out``/feedback), yielding names as they are done.

    Raises InputError where the gradebook, or a graded notebook in ``autograded/``, is missing.
    """
    recorder = Recorder(read_source(assignment), out, db_url)
    for standing in read_book(db_url_of(out, db_url), assignment):
        graded = out / "autograded" / standing.student / assignment / f"{assignment}.ipynb"
        if not graded.is_file():
            raise InputError(f"{graded} is missing: run grade again, then feedback")
        notebook = with_standing(nbformat.read(graded, 4), standing)
        page = recorder.page(standing.student, notebook)
        folder = (to or out / "feedback") / standing.student / assignment
        write_atomically(folder / f"{assignment}.html", page)
        yield standing.student


def with_standing(notebook: NotebookNode, standing: Standing) -> NotebookNode:
    """The graded notebook, its summary headed by the total, if anybody but the judge has a say."""
    rows = [_row(mark) for mark in standing.marks if mark.auto is None or mark.manual is not None]
    if standing.penalty:
        rows.append(_cells("handed in late", f"−{standing.penalty:g}", ""))
    for cell in notebook.cells if rows else []:
        if cell.get("id") == "summary":
            total = f"{standing.total:g} of {standing.most:g}"
            judged = cell.source.replace("## Your result:", "### By the judge:", 1)
            cell.source = f"## Your result: {total} points\n\n{judged}\n\n### In all\n\n"
            cell.source += _table([*rows, _cells("<b>total</b>", f"<b>{total}</b>", "")])
    return notebook


def _table(rows: list[str]) -> str:
    head = "<tr><th>read by a person</th><th>points</th><th>comment</th></tr>"
    return f"<table>{head}{''.join(rows)}</table>"


def _row(mark: Mark) -> str:
    unread = mark.waiting and mark.manual is None
    given = "not read yet" if unread else f"{mark.points:g} of {mark.most:g}"
    link = f'<a href="#{grade_id(mark.id)}">{html.escape(mark.id)}</a>'
    return _cells(link, given, one_line(mark.comment))


def _cells(*cells: str) -> str:
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"
