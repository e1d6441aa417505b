"""An evaluation as a folder: the figures, the answers, and each chart beside its numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from glaucam.metrics.calibration import calibration_error, reliability, top_confidence
from glaucam.metrics.classification import precision_recall_points, roc_points
from glaucam.plots.curves import (
    calibration_figure,
    confusion_figure,
    precision_recall_figure,
    roc_figure,
)
from glaucam.plots.saved import save_json, save_picture, save_table
from glaucam.training.predict import Answers


def write_evaluation(
    out: str | Path, figures: dict[str, Any], said: Answers, note: str = ""
) -> None:
    """Write ``metrics.json``, ``predictions.csv``, and PNG and CSV of roc, precision_recall,
    calibration and confusion to ``out``. ``figures``: of ``training.report``; ``note``: the last
    line of each picture. Raises InputError where ``out`` cannot be written."""
    y, P, classes = said.labels, said.probabilities, said.classes
    save_json(out, "metrics", figures)
    save_table(out, "predictions", said.table())
    corners = roc_points(y, P, classes)
    point = operating_point_of(figures)
    save_picture(out, "roc", roc_figure(corners, classes, point, note), corners)
    corners = precision_recall_points(y, P, classes)
    picture = precision_recall_figure(corners, classes, note)
    save_picture(out, "precision_recall", picture, corners)
    believed = top_confidence(y, P)
    rows = reliability(*believed)
    picture = calibration_figure(rows, calibration_error(*believed), note=note)
    save_picture(out, "calibration", picture, rows)
    counts = pd.DataFrame(figures["confusion"], columns=list(classes))
    counts.insert(0, "true", list(classes))
    save_picture(out, "confusion", confusion_figure(counts, note), counts)


def operating_point_of(figures: dict[str, Any]) -> tuple[float, float] | None:
    """(1 − specificity, sensitivity) at the threshold, where there is one and both are known."""
    reached = figures["at_threshold"] or {}
    sensitivity, specificity = reached.get("sensitivity"), reached.get("specificity")
    return None if sensitivity is None or specificity is None else (1 - specificity, sensitivity)
