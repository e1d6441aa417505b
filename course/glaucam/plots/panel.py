"""The side-by-side panel: original, each class, contrast, one colour bar, and what it is not.

Drawn with matplotlib's own objects on an Agg canvas: no window, no pyplot state, safe in threads.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.cm import ScalarMappable
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from PIL import Image

from glaucam.plots.overlay import DEFAULT_COLORMAP, checked_image, named_colormap, overlay
from glaucam.plots.summary import (
    CONTRAST,
    asked_class,
    contrast_in_words,
    named_maps,
    statement,
    summary,
    verdict,
)

if TYPE_CHECKING:
    from glaucam.explanation import Explanation

INK, QUIET, ACCENT, PAPER = "#1d2433", "#5b6475", "#0b6e75", "#ffffff"
DPI = 150
SIDE, GAP, MARGIN = 2.9, 0.16, 0.3  # inches: one picture, between two, around all
HEAD, FOOT, BAR = (
    0.8,
    1.0,
    0.75,
)  # inches: above and below the pictures, and the colour bar's column


def panel(
    image: np.ndarray,
    explanation: Explanation,
    index: int = 0,
    asked: str | int | None = None,
    alpha: float = 0.5,
    colormap: str = DEFAULT_COLORMAP,
    note: str | None = None,
) -> Image.Image:
    """Original, the explained classes and the contrast of one image side by side, RGB.

    ``image``: uint8 [H,W,3] in the network's frame (``Preprocessing.frame``), of any size: heat is
    enlarged to it. ``asked`` is marked. ``note``: the last line; by default what this is not.
    """
    return to_image(panel_figure(image, explanation, index, asked, alpha, colormap, note))


def panel_figure(
    image: np.ndarray,
    explanation: Explanation,
    index: int = 0,
    asked: str | int | None = None,
    alpha: float = 0.5,
    colormap: str = DEFAULT_COLORMAP,
    note: str | None = None,
) -> Figure:
    """The panel as a matplotlib Figure; arguments as in ``panel``."""
    image = checked_image(image)
    asked = asked_class(explanation, asked)
    facts = summary(explanation, index, asked)
    maps = named_maps(explanation)
    figure, cells = _grid(len(maps) + 1)
    _picture(figure, cells[0], image, "original", "as the model sees it")
    for cell, (name, heatmap) in zip(cells[1:], maps.items(), strict=True):
        coloured = overlay(image, heatmap.values[index], alpha, colormap)
        title = contrast_in_words(explanation.contrast_of) if name == CONTRAST else name
        detail = _detail(facts["raw_scales"][name], facts["degenerate"][name])
        _picture(figure, cell, coloured, title, detail, name == asked)
    _colour_bar(figure, cells[-1], colormap)
    _words(figure, facts, asked, note or statement())
    return figure


def to_image(figure: Figure) -> Image.Image:
    """Render on an Agg canvas, RGB."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return Image.fromarray(np.asarray(canvas.buffer_rgba())[..., :3].copy())


def to_png(picture: Image.Image) -> bytes:
    """PNG bytes, the same for the same picture."""
    buffer = io.BytesIO()
    picture.save(buffer, format="PNG")
    return buffer.getvalue()


def _grid(n: int) -> tuple[Figure, list[tuple[float, float, float, float]]]:
    """A figure for ``n`` square pictures in a row, and each one's place in figure fractions."""
    width = 2 * MARGIN + n * SIDE + (n - 1) * GAP + BAR
    height = HEAD + SIDE + FOOT
    figure = Figure(figsize=(width, height), dpi=DPI, facecolor=PAPER)
    lefts = [MARGIN + i * (SIDE + GAP) for i in range(n)]
    return figure, [(x / width, FOOT / height, SIDE / width, SIDE / height) for x in lefts]


def _picture(
    figure: Figure,
    cell: tuple[float, float, float, float],
    pixels: np.ndarray,
    title: str,
    detail: str,
    is_asked: bool = False,
) -> None:
    axes = figure.add_axes(cell)
    axes.imshow(pixels, interpolation="nearest")
    axes.set_axis_off()
    weight, colour = ("bold", ACCENT) if is_asked else ("normal", INK)
    axes.set_title(title, fontsize=11, color=colour, weight=weight, loc="left", pad=5)
    axes.text(0, -0.025, detail, transform=axes.transAxes, va="top", fontsize=8.5, color=QUIET)
    if is_asked:
        frame = Rectangle((0, 0), 1, 1, transform=axes.transAxes, fill=False, clip_on=False)
        frame.set(edgecolor=ACCENT, linewidth=2)
        axes.add_patch(frame)


def _detail(scale: float, is_degenerate: bool) -> str:
    return "no evidence" if is_degenerate else f"highest raw value {scale:.3g}"


def _colour_bar(figure: Figure, last: tuple[float, float, float, float], colormap: str) -> None:
    width = figure.get_figwidth()
    left, bottom, side, height = last
    axes = figure.add_axes((left + side + GAP / width, bottom, 0.13 / width, height))
    bar = figure.colorbar(
        ScalarMappable(cmap=named_colormap(colormap)), cax=axes, ticks=[0, 0.5, 1]
    )
    bar.set_label("heat, as part of each map's own maximum", fontsize=8, color=QUIET)
    bar.ax.tick_params(labelsize=8, colors=QUIET, length=2)
    bar.outline.set_visible(False)


def _words(figure: Figure, facts: dict, asked: str, note: str) -> None:
    width, height = figure.get_figwidth(), figure.get_figheight()
    left = MARGIN / width
    says = verdict(facts["probabilities"], asked)
    asks = f"class asked: {asked}    layer: {facts['target_layer']}    method: {facts['method']}"
    figure.text(left, 1 - 0.2 / height, says, va="top", fontsize=13, color=INK, weight="bold")
    figure.text(
        1 - MARGIN / width, 1 - 0.22 / height, asks, va="top", ha="right", fontsize=9, color=QUIET
    )
    figure.text(left, 0.34 / height, note, va="center", fontsize=9, color=INK)
