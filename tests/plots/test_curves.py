"""Charts are drawn from the tables that are saved beside them."""

import numpy as np
import pandas as pd
import pytest

from glaucam.errors import InputError
from glaucam.metrics.calibration import reliability
from glaucam.metrics.classification import auroc, precision_recall_points, roc_points
from glaucam.plots.curves import (
    calibration_figure,
    confusion_figure,
    precision_recall_figure,
    roc_figure,
)
from glaucam.plots.panel import to_image
from glaucam.plots.saved import save_picture

OCT = ("NORMAL", "CNV", "DME", "DRUSEN")
RNG = np.random.default_rng(0)
Y, P = np.arange(40) % 4, RNG.dirichlet([1] * 4, 40)


def legend(figure):
    return [text.get_text() for text in figure.axes[0].get_legend().get_texts()]


def test_a_curve_for_each_of_four_classes_with_its_area():
    figure = roc_figure(roc_points(Y, P, OCT), OCT)
    labels = legend(figure)
    assert [label.split(":")[0] for label in labels] == list(OCT)
    areas = [float(label.split()[-1]) for label in labels]
    assert np.mean(areas) == pytest.approx(auroc(Y, P), abs=1e-3)
    lines = figure.axes[0].lines[1:]
    assert len({(line.get_color(), line.get_linestyle()) for line in lines}) == 4


def test_the_threshold_in_use_is_marked_where_it_is():
    y, P = np.array([0, 0, 1, 1]), np.array([[0.9, 0.1], [0.4, 0.6], [0.6, 0.4], [0.1, 0.9]])
    figure = roc_figure(roc_points(y, P, ("n", "g")), ("n", "g"), (0.5, 1.0))
    assert "threshold in use" in legend(figure)
    assert figure.axes[0].lines[-1].get_xydata().tolist() == [[0.5, 1.0]]


def test_one_class_alone_has_no_curve_and_says_so():
    empty = roc_points(np.zeros(3, int), P[:3, :2], ("n", "g"))
    assert "more than one class" in roc_figure(empty, ("n", "g")).axes[0].texts[0].get_text()


def test_precision_recall_areas_are_average_precisions():
    labels = legend(precision_recall_figure(precision_recall_points(Y, P, OCT), OCT))
    assert len(labels) == 4
    assert all("AUPRC 0." in label for label in labels)


def test_calibration_draws_only_bins_with_images():
    rows = reliability(P.max(axis=1), P.argmax(axis=1) == Y)
    figure = calibration_figure(rows, 0.123)
    (dots,) = figure.axes[0].collections[1:]
    np.testing.assert_allclose(dots.get_offsets(), rows[rows.n > 0][["confidence", "accuracy"]])
    assert "0.123" in figure.axes[0].get_title(loc="left")


def test_confusion_writes_counts_and_parts_of_each_true_class():
    counts = pd.DataFrame({"true": ["n", "g"], "n": [3, 0], "g": [1, 0]})
    texts = [text.get_text() for text in confusion_figure(counts).axes[0].texts]
    assert texts == ["3\n75 %", "1\n25 %", "0\n0 %", "0\n0 %"]


def test_a_saved_picture_lies_beside_its_numbers(tmp_path):
    points = roc_points(Y, P, OCT)
    path = save_picture(tmp_path / "new", "roc", roc_figure(points, OCT), points)
    assert path.read_bytes()[:4] == b"\x89PNG"
    again = pd.read_csv(path.with_suffix(".csv"))
    pd.testing.assert_frame_equal(again, points, rtol=1e-5)
    assert np.asarray(to_image(roc_figure(points, OCT))).std() > 5
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="choose another --out"):
        save_picture(tmp_path / "file", "roc", roc_figure(points, OCT), points)
