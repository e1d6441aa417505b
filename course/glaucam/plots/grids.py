"""Methods side by side: a row per image, a column per method, one class and one colour bar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import fill
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from glaucam.errors import InputError
from glaucam.plots.colour_bar import colour_bar
from glaucam.plots.overlay import DEFAULT_COLORMAP, checked_image, overlay
from glaucam.plots.panel import DPI, INK, PAPER, QUIET
from glaucam.plots.summary import asked_class, statement
from glaucam.registry import METHODS

if TYPE_CHECKING:
    from glaucam.explanation import Explanation

SIDE, GAP, MARGIN = 1.9, 0.1, 0.3  # inches: one picture, between two, around all
HEAD, FOOT, BAR, NAMES = 0.95, 0.6, 0.8, 0.95
LETTER = 0.066  # inches: of the last line, on average and a little more


def grid_figure(
    images: Sequence[np.ndarray],
    explanations: Mapping[str, Explanation],
    asked: str | int | None = None,
    names: Sequence[str] | None = None,
    alpha: float = 0.5,
    colormap: str = DEFAULT_COLORMAP,
    note: str | None = None,
) -> Figure:
    """Original, then the heat for ``asked`` by each method; every method has explained the batch.

    ``images``: N times uint8 [H,W,3] in the network's frame, of any size. ``explanations``: method
    → Explanation of the same N images, in the order of the columns. ``asked``: by default the last
    class. ``names``: a line left of each row. Raises InputError where the batches differ.
    """
    pictures = [checked_image(image) for image in images]
    _refuse_other_batches(len(pictures), explanations)
    figure = _sheet(len(pictures), len(explanations) + 1)
    name = asked_class(next(iter(explanations.values())), asked)
    for row, picture in enumerate(pictures):
        axes = _cell(figure, row, 0, picture)
        _row_name(axes, names[row] if names else "", explanations, row, name)
        if row == 0:
            _column_name(axes, "original", "as the model sees it")
        for column, (method, told) in enumerate(explanations.items(), start=1):
            heat = told.heatmaps[name]
            axes = _cell(figure, row, column, overlay(picture, heat.values[row], alpha, colormap))
            if bool(heat.is_degenerate[row]):
                axes.set_xlabel("no evidence", fontsize=8, color=QUIET, labelpad=2)
            if row == 0:
                _column_name(axes, title_of(method), told.target_layer)
    left, top = figure.get_figwidth() - MARGIN - BAR + 0.2, figure.get_figheight() - HEAD
    colour_bar(figure, left, top, SIDE, colormap)
    _words(figure, name, note or statement())
    return figure


def title_of(method: str) -> str:
    """The method's own title, or the key as it is for one that is not registered."""
    return METHODS[method].title if method in METHODS else method


def _refuse_other_batches(n: int, explanations: Mapping[str, Explanation]) -> None:
    if not n or not explanations:
        raise InputError("a grid needs at least one image and one method's Explanation")
    for method, told in explanations.items():
        if len(told.probabilities) != n:
            raise InputError(
                f"{method} explains {len(told.probabilities)} images, but there are {n}: explain "
                "the same batch with every method"
            )


def _sheet(rows: int, columns: int) -> Figure:
    width = 2 * MARGIN + NAMES + columns * SIDE + (columns - 1) * GAP + BAR
    height = HEAD + rows * SIDE + (rows - 1) * 2 * GAP + FOOT
    return Figure(figsize=(width, height), dpi=DPI, facecolor=PAPER)


def _cell(figure: Figure, row: int, column: int, pixels: np.ndarray) -> Axes:
    width, height = figure.get_figwidth(), figure.get_figheight()
    left = MARGIN + NAMES + column * (SIDE + GAP)
    bottom = height - HEAD - SIDE - row * (SIDE + 2 * GAP)
    axes = figure.add_axes((left / width, bottom / height, SIDE / width, SIDE / height))
    axes.imshow(pixels, interpolation="bilinear")
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[:].set_visible(False)
    return axes


def _row_name(
    axes: Axes, name: str, explanations: Mapping[str, Explanation], row: int, asked: str
) -> None:
    told = next(iter(explanations.values()))
    p = float(told.probabilities[row, told.classes.index(asked)])
    lines = [line for line in (name, f"p({asked})", f"{p:.2f}") if line]
    axes.text(-0.06, 0.5, "\n".join(lines), transform=axes.transAxes, ha="right", va="center",
              fontsize=8, color=INK)  # fmt: skip


def _column_name(axes: Axes, title: str, detail: str) -> None:
    axes.text(0, 1.1, title, transform=axes.transAxes, fontsize=9.5, color=INK, va="bottom")
    axes.text(0, 1.02, detail, transform=axes.transAxes, fontsize=7.5, color=QUIET, va="bottom")


def _words(figure: Figure, asked: str, note: str) -> None:
    width, height = figure.get_figwidth(), figure.get_figheight()
    title = f"What speaks for {asked}, by method"
    figure.text(MARGIN / width, 1 - 0.18 / height, title, va="top", fontsize=13, color=INK,
                weight="bold")  # fmt: skip
    note = fill(note, int((width - 2 * MARGIN) / LETTER))
    figure.text(MARGIN / width, 0.26 / height, note, va="center", fontsize=8, color=INK)
