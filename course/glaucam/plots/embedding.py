"""Features as points: one chart per projection, each class by colour and marker."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from glaucam.plots.class_marks import mark_of
from glaucam.plots.panel import DPI, INK, PAPER, QUIET

_TITLES = {
    "pca": "PCA: far apart here is far apart",
    "umap": "UMAP: neighbours mostly hold, distances do not",
}


def embedding_figure(
    points: pd.DataFrame, classes: Sequence[str], title: str = "", note: str = ""
) -> Figure:
    """Columns ``true``, optionally ``predicted``, and of ``training.embeddings.flatten``.

    A ring marks what was called wrongly.
    """
    kinds = [kind for kind in _TITLES if f"{kind}_1" in points]
    figure = Figure(figsize=(5 * len(kinds), 5.4), dpi=DPI, facecolor=PAPER)
    for k, kind in enumerate(kinds):
        left = (0.3 + 5 * k) / (5 * len(kinds))
        axes = figure.add_axes((left, 0.14, 4.5 / (5 * len(kinds)), 0.7))
        _scatter(axes, points, kind, classes)
        axes.set_title(_TITLES[kind], fontsize=10, color=QUIET, loc="left")
    handles, labels = figure.axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="lower right", ncols=len(labels), fontsize=8.5,
                  frameon=False, labelcolor=INK, bbox_to_anchor=(0.99, 0.05))  # fmt: skip
    inch = 1 / (5 * len(kinds))
    figure.text(0.3 * inch, 0.95, title, fontsize=12.5, color=INK, weight="bold", va="center")
    figure.text(0.3 * inch, 0.03, note, fontsize=7.5, color=INK, va="center")
    return figure


def _scatter(axes: Axes, points: pd.DataFrame, kind: str, classes: Sequence[str]) -> None:
    for index, name in enumerate(classes):
        mark, rows = mark_of(index), points[points["true"] == name]
        axes.scatter(rows[f"{kind}_1"], rows[f"{kind}_2"], s=26, color=mark.colour,
                     marker=mark.marker, alpha=0.75, linewidths=0, label=name)  # fmt: skip
    if "predicted" in points:
        wrong = points[points["true"] != points["predicted"]]
        axes.scatter(wrong[f"{kind}_1"], wrong[f"{kind}_2"], s=75, facecolors="none",
                     edgecolors=INK, linewidths=0.9, label="called wrongly")  # fmt: skip
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(QUIET)
