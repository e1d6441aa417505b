"""Charts of an evaluation, each drawn from the table that is saved beside it. No pyplot state."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from glaucam.metrics.calibration import TOP
from glaucam.plots.class_marks import mark_of
from glaucam.plots.panel import ACCENT, DPI, INK, PAPER, QUIET

SIZE = (5.2, 5.4)  # inches


def roc_figure(
    points: pd.DataFrame,
    classes: Sequence[str],
    operating_point: tuple[float, float] | None = None,
    note: str = "",
) -> Figure:
    """ROC curve of each class in ``points`` (``metrics.classification.roc_points``).

    ``operating_point``: (1 − specificity, sensitivity) at the threshold in use, marked by a cross.
    """
    figure, axes = _chart("1 − specificity", "sensitivity", note)
    axes.plot([0, 1], [0, 1], color=QUIET, linewidth=0.8, linestyle=(0, (1, 3)))
    for name, rows in points.groupby("class", sort=False):
        area = np.trapezoid(rows.sensitivity, rows.false_positive_rate)
        _line(axes, rows.false_positive_rate, rows.sensitivity, classes, name, f"AUROC {area:.3f}")
    if operating_point is not None:
        axes.plot(*operating_point, marker="x", color=INK, markersize=10, linestyle="none",
                  label="threshold in use")  # fmt: skip
    return _finished(figure, axes, "lower right", "Who is found, and who is called in vain")


def precision_recall_figure(points: pd.DataFrame, classes: Sequence[str], note: str = "") -> Figure:
    """Precision-recall curve of each class (``metrics.classification.precision_recall_points``)."""
    figure, axes = _chart("recall (sensitivity)", "precision", note)
    for name, rows in points.groupby("class", sort=False):
        area = -(np.diff(rows.recall) * rows.precision[:-1]).sum()
        label = f"AUPRC {area:.3f}"
        _line(axes, rows.recall, rows.precision, classes, name, label, drawstyle="steps-post")
    return _finished(figure, axes, "lower left", "Of those called, how many have it")


def calibration_figure(
    rows: pd.DataFrame, error: float, confidence: str = TOP, note: str = ""
) -> Figure:
    """Accuracy against confidence by bin (``metrics.calibration.reliability``); areas show n."""
    figure, axes = _chart(confidence, "part of the answers that were right", note)
    axes.plot([0, 1], [0, 1], color=QUIET, linewidth=0.8, linestyle=(0, (1, 3)),
              label="says what it does")  # fmt: skip
    full = rows[rows.n > 0]
    axes.vlines(full.confidence, full.confidence, full.accuracy, color=QUIET, linewidth=1)
    area = 20 + 280 * full.n / max(1, full.n.max())
    axes.scatter(full.confidence, full.accuracy, s=area, color=ACCENT, alpha=0.85, zorder=3,
                 label=f"one of {len(rows)} bins; its area is its number of images")  # fmt: skip
    title = f"Can its confidence be believed? ECE {error:.3f}, n {int(rows.n.sum())}"
    return _finished(figure, axes, "upper left", title)


def confusion_figure(counts: pd.DataFrame, note: str = "") -> Figure:
    """Counts, shaded by the part of each true class; columns ``true`` and one per predicted."""
    names, values = list(counts["true"]), counts.drop(columns="true").to_numpy()
    figure, axes = _chart("predicted", "true", note)
    parts = values / np.maximum(values.sum(axis=1, keepdims=True), 1)
    axes.imshow(parts, cmap="Blues", vmin=0, vmax=1)
    for i, j in np.ndindex(values.shape):
        text = f"{values[i, j]}\n{100 * parts[i, j]:.0f} %"
        axes.text(j, i, text, ha="center", va="center", fontsize=11,
                  color="white" if parts[i, j] > 0.5 else INK)  # fmt: skip
    axes.set_xticks(range(len(names)), names)
    axes.set_yticks(range(len(names)), names, rotation=90, va="center")
    axes.set_xlim(-0.5, len(names) - 0.5)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_title("Where it errs", fontsize=11, color=INK, loc="left")
    return figure


def _chart(across: str, up: str, note: str) -> tuple[Figure, Axes]:
    figure = Figure(figsize=SIZE, dpi=DPI, facecolor=PAPER)
    axes = figure.add_axes((0.14, 0.2, 0.8, 0.72))
    axes.set_aspect("equal")
    axes.set_xlim(-0.02, 1.02)
    axes.set_ylim(-0.02, 1.02)
    axes.set_xlabel(across, fontsize=9, color=INK)
    axes.set_ylabel(up, fontsize=9, color=INK)
    axes.tick_params(labelsize=8, colors=QUIET, length=2)
    axes.spines[["top", "right"]].set_visible(False)
    figure.text(0.14, 0.02, note, fontsize=7, color=INK, wrap=True, va="bottom")
    return figure, axes


def _line(
    axes: Axes,
    x: pd.Series,
    y: pd.Series,
    classes: Sequence[str],
    name: object,
    label: str,
    drawstyle: str = "default",
) -> None:
    mark = mark_of(list(classes).index(str(name)))
    axes.plot(x, y, color=mark.colour, linestyle=mark.line, drawstyle=drawstyle, linewidth=1.8,
              label=f"{name}: {label}")  # fmt: skip


def _finished(figure: Figure, axes: Axes, where: Any, title: str) -> Figure:
    axes.set_title(title, fontsize=11, color=INK, loc="left")
    if axes.get_legend_handles_labels()[0]:
        axes.legend(loc=where, fontsize=8, framealpha=0.85, edgecolor="none", labelcolor=INK)
    else:
        axes.text(0.5, 0.5, "needs eyes of more than one class", ha="center", color=QUIET)
    return figure
