"""The *Errors* tab: the images of a group beside their rows of the error table."""

from __future__ import annotations

import logging
from html import escape
from typing import Any

import gradio as gr

from demo_app.errors import BANDS, EVERY, Analyses, count_in_words, shown_columns
from demo_app.errors_words import board
from demo_app.words import FAILED, caveat, refusal
from glaucam.errors import InputError

LOG = logging.getLogger("demo_app")
START = "false_negative"
WAIT = '<p class="quiet">The model answers for each image, which takes some seconds once.</p>'


class ErrorActions:
    """The actions over the analyses of one page."""

    def __init__(self, analyses: Analyses) -> None:
        self.analyses = analyses

    def show(self, model: str, source: str, group: str, confidence: str) -> list[Any]:
        """The pictures of a group and its rows; a refusal or a failure says why."""
        try:
            return self._filled(model, source, group, confidence)
        except InputError as error:
            return [refusal(str(error)), "", None]
        except Exception:  # ours: the visitor gets a sentence, the log the traceback
            LOG.exception("an error board failed")
            return [FAILED, "", None]

    def choose(self, model: str, source: str, group: str, confidence: str) -> list[Any]:
        """Another model or data set: its groups, its caveat, and its first board."""
        try:
            boards = self.analyses.get(model, source).boards()
        except InputError as error:
            return [gr.Radio(), gr.HTML(), refusal(str(error)), "", None]
        group = group if group in boards else boards[0]
        menu = gr.Radio(menu_of(boards), value=group)
        note = caveat(self.analyses.shelf[model].header)
        return [menu, note, *self.show(model, source, group, confidence)]

    def _filled(self, model: str, source: str, group: str, confidence: str) -> list[Any]:
        analysis = self.analyses.get(model, source)
        rows = analysis.rows(group, confidence)
        words = f'<p class="verdict">{escape(count_in_words(group, rows, analysis.table))}</p>'
        told = "Beside each eye the heat of the class it was called; a frame marks a wrong answer."
        words += f'<p class="quiet">{told}</p>'
        table = rows[shown_columns(rows.columns)].round(2)
        return [words, board(analysis.tiles(rows)), table]


def menu_of(boards: list[str]) -> list[tuple[str, str]]:
    """Boards as they are read, and by name."""
    return [(board.replace("_", " "), board) for board in boards]


def errors_tab(analyses: Analyses, tab: gr.Tab) -> None:
    """Lay the tab out inside the current Blocks and connect it; it fills when first opened."""
    first, actions = analyses.fitting()[0], ErrorActions(analyses)
    note = gr.HTML(caveat(analyses.shelf[first].header), elem_id="errors-caveat")
    with gr.Row():
        labels = list(analyses.shelf)
        model = gr.Dropdown(labels, value=first, label="Model", elem_id="errors-model")
        source = gr.Dropdown(analyses.sources(), value=analyses.sources()[0], label="Images")
        band = gr.Radio(BANDS, value=EVERY, label="Confidence", elem_id="errors-band")
    group = gr.Radio(menu_of([START]), value=START, label="Group", elem_id="errors-group")
    words = gr.HTML(WAIT, elem_id="errors-words")
    with gr.Row(elem_id="errors"):
        with gr.Column(min_width=320):
            pictures = gr.HTML(elem_id="errors-pictures")
        with gr.Column(min_width=300):
            table = gr.Dataframe(
                label="Rows of the error table", interactive=False, elem_id="errors-table"
            )
    asked, results = [model, source, group, band], [words, pictures, table]
    gr.on(
        [tab.select, model.input, source.input], actions.choose, asked, [group, note, *results],
        show_progress_on=words, show_progress="minimal", api_name="error_groups",
    )  # fmt: skip
    gr.on(
        [group.input, band.input], actions.show, asked, results,
        show_progress_on=words, show_progress="minimal", api_name="errors",
    )  # fmt: skip
