"""The *Assignments* tab: take the notebook home, or have its practice checks run here."""

from __future__ import annotations

import logging
from contextlib import suppress
from pathlib import Path
from typing import Any

import gradio as gr

from autograder.formative import SECONDS, check_notebook, student_notebooks, why_off
from autograder.submission import MAX_BYTES
from demo_app.check_words import (
    BROKE,
    BUSY,
    NOTHING_YET,
    PRACTICE,
    download_link,
    limits_in_words,
    report_in_words,
    switched_off,
)
from demo_app.uploads import upload_of
from demo_app.words import refusal
from glaucam.errors import InputError, UnknownName
from glaucam.registry import unknown

LOG = logging.getLogger("demo_app")
ONE_AT_A_TIME: dict[str, Any] = {"concurrency_limit": 1, "concurrency_id": "check_notebook"}


def assignments_tab() -> None:
    """Lay the tab out inside the current Blocks and connect it."""
    notebooks, reason = student_notebooks(), why_off()
    gr.HTML(PRACTICE, elem_id="practice")
    with gr.Row(elem_id="hand-in"):
        with gr.Column(min_width=260):
            first = next(iter(notebooks), None)
            choice = gr.Radio(list(notebooks), value=first, label="Assignment", elem_id="choice")
            links = "".join(download_link(id, path) for id, path in notebooks.items())
            gr.HTML(f'<div class="notebooks">{links}</div>', elem_id="notebooks")
        with gr.Column(scale=2, min_width=300, visible=not reason):
            notebook = upload_of("Notebook", "notebook", "notebook")
            gr.HTML(limits_in_words(SECONDS, MAX_BYTES >> 20), elem_id="limits")
    found = gr.HTML(switched_off(reason) if reason else NOTHING_YET, elem_id="found")
    _connect(notebook, choice, found)


def _connect(notebook: gr.File, choice: gr.Radio, found: gr.HTML) -> None:
    busy = notebook.upload(
        lambda: BUSY, None, found, queue=False, api_visibility="private", show_progress="hidden"
    )
    busy.then(
        show_report, [notebook, choice], [notebook, found],
        show_progress="minimal", show_progress_on=found, api_name="show_report", **ONE_AT_A_TIME,
    )  # fmt: skip
    gr.Button(visible=False).click(
        endpoint, inputs_kwargs={"notebook": notebook, "assignment": choice},
        outputs=gr.JSON(visible=False), api_name="check_notebook", **ONE_AT_A_TIME,
    )  # fmt: skip


def endpoint(notebook: str, assignment: str) -> dict[str, Any]:
    """Run the practice checks of an assignment on a notebook: the receipt, and a row per check."""
    try:
        return checked(notebook, assignment).to_dict()
    except InputError as error:
        raise gr.Error(str(error), print_exception=False) from error


def show_report(notebook: str | None, assignment: str | None) -> list[Any]:
    """Empty the field and fill the report; a refusal or a failure says why."""
    try:
        return [None, report_in_words(checked(notebook, assignment))]
    except InputError as error:
        return [None, refusal(f"your notebook was not checked: {error}")]
    except Exception:  # ours: the visitor gets a sentence, the log the traceback
        LOG.exception("a notebook could not be checked")
        return [None, BROKE]


def checked(notebook: str | None, assignment: str | None) -> Any:
    """The report on an upload, which is deleted whatever happens. Raises InputError."""
    if not notebook or not Path(notebook).exists():
        raise InputError("No notebook here: drop in your .ipynb file.")
    try:
        if assignment not in student_notebooks():
            raise UnknownName(unknown("assignment", assignment, list(student_notebooks())))
        return check_notebook(str(assignment), notebook)
    finally:
        with suppress(OSError):  # Gradio's own cleaning may have come first
            Path(notebook).unlink()
