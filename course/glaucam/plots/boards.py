"""Contact sheets: many small pairs of image and heat, each with its numbers under it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from glaucam.plots.colour_bar import colour_bar
from glaucam.plots.overlay import DEFAULT_COLORMAP
from glaucam.plots.panel import ACCENT, DPI, INK, PAPER, QUIET

COLUMNS = 3
SIDE, GAP, MARGIN = 1.75, 0.05, 0.3  # inches: one picture, between the two of a pair, around all
APART, CAPTION = 0.3, 1.05  # inches: between two pairs, and the words under one
HEAD, FOOT, BAR = 0.75, 0.55, 0.85


@dataclass(frozen=True)
class Tile:
    """One image of a board: ``image`` and ``coloured`` uint8 [S,S,3], its name, lines of numbers.

    ``is_wrong`` marks a wrong answer by a word and a frame, not by colour alone.
    """

    image: np.ndarray
    coloured: np.ndarray
    name: str
    lines: Sequence[str]
    is_wrong: bool = False


def board_figure(
    tiles: Sequence[Tile],
    title: str,
    detail: str = "",
    colormap: str = DEFAULT_COLORMAP,
    note: str = "",
) -> Figure:
    """The tiles in rows of three pairs, left to right; a board without tiles says so."""
    rows = max(1, ceil(len(tiles) / COLUMNS))
    width = 2 * MARGIN + COLUMNS * (2 * SIDE + GAP) + (COLUMNS - 1) * APART + BAR
    height = HEAD + rows * (SIDE + CAPTION) + FOOT
    figure = Figure(figsize=(width, height), dpi=DPI, facecolor=PAPER)
    for place, tile in enumerate(tiles):
        row, column = divmod(place, COLUMNS)
        left = MARGIN + column * (2 * SIDE + GAP + APART)
        _pair(figure, left, height - HEAD - row * (SIDE + CAPTION), tile)
    if tiles:
        colour_bar(figure, width - MARGIN - BAR + 0.25, height - HEAD, SIDE, colormap)
    else:
        figure.text(0.5, 0.5, "No image in this group.", ha="center", fontsize=12, color=QUIET)
    _words(figure, title, detail, note)
    return figure


def _pair(figure: Figure, left: float, top: float, tile: Tile) -> None:
    """The image, its heat beside it, and the caption; ``left`` and ``top`` in inches."""
    first = _picture(figure, left, top, tile.image)
    second = _picture(figure, left + SIDE + GAP, top, tile.coloured)
    if tile.is_wrong:
        for axes in (first, second):
            for spine in axes.spines.values():
                spine.set(visible=True, color=INK, linewidth=2.2)
    width, height = figure.get_figwidth(), figure.get_figheight()
    words = [_shortened(tile.name), *tile.lines]
    for k, line in enumerate(words):
        y = (top - SIDE - 0.08 - 0.17 * k) / height
        weight, colour = ("bold", INK) if k == 0 else ("normal", INK if k == 1 else QUIET)
        figure.text(left / width, y, line, va="top", fontsize=7.5, color=colour, weight=weight)


def _picture(figure: Figure, left: float, top: float, pixels: np.ndarray) -> Axes:
    width, height = figure.get_figwidth(), figure.get_figheight()
    axes = figure.add_axes((left / width, (top - SIDE) / height, SIDE / width, SIDE / height))
    axes.imshow(pixels, interpolation="bilinear")
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[:].set_visible(False)
    return axes


def _words(figure: Figure, title: str, detail: str, note: str) -> None:
    width, height = figure.get_figwidth(), figure.get_figheight()
    left = MARGIN / width
    figure.text(left, 1 - 0.18 / height, title, va="top", fontsize=13, color=INK, weight="bold")
    figure.text(left, 1 - 0.45 / height, detail, va="top", fontsize=8.5, color=ACCENT)
    figure.text(left, 0.22 / height, note, va="center", fontsize=8, color=INK)


def _shortened(name: str, most: int = 46) -> str:
    """The end of a long name: that is where files differ."""
    return name if len(name) <= most else "…" + name[1 - most :]
