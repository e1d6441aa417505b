"""Classification figures against slow definitions."""

import numpy as np
import pytest

from glaucam.errors import InputError
from glaucam.metrics.classification import (
    auprc,
    auroc,
    confusion,
    operating_point,
    precision_recall_points,
    recall_per_class,
    roc_points,
    sensitivity_specificity,
)


def two_columns(p):
    return np.stack([1 - np.asarray(p), p], axis=1)


def slow_auroc(y, p):
    """The chance that a positive scores above a negative, ties half."""
    pairs = [(a > b) + (a == b) / 2 for a in p[y == 1] for b in p[y == 0]]
    return np.mean(pairs)


@pytest.mark.parametrize("seed", range(5))
def test_auroc_is_the_chance_of_the_right_order(seed):
    rng = np.random.default_rng(seed)
    y = rng.permutation([0] * 20 + [1] * 9)
    p = np.round(rng.random(29), 1)  # with ties
    assert auroc(y, two_columns(p)) == pytest.approx(slow_auroc(y, p))


def test_auroc_of_more_classes_is_the_mean_of_one_against_the_rest():
    rng = np.random.default_rng(1)
    y, P = np.arange(30) % 3, rng.dirichlet([1, 1, 1], 30)
    slow = np.mean([slow_auroc((y == k).astype(int), P[:, k]) for k in range(3)])
    assert auroc(y, P) == pytest.approx(slow)


def test_auprc_of_a_perfect_and_of_a_worked_case():
    assert auprc(np.array([0, 0, 1]), two_columns([0.1, 0.2, 0.9])) == 1
    # ranked: 1 (precision 1, recall 1/2), 0, 1 (precision 2/3, recall 1)
    assert auprc(np.array([1, 0, 1]), two_columns([0.9, 0.8, 0.7])) == pytest.approx(
        1 / 2 * 1 + 1 / 2 * 2 / 3
    )


def test_one_class_gives_none():
    P = two_columns([0.2, 0.7])
    assert auroc(np.array([1, 1]), P) is None
    assert auprc(np.array([0, 0]), P) is None


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("asked", [0.0, 0.5, 0.9, 0.95, 1.0])
def test_the_operating_point_is_the_smallest_that_reaches_the_specificity(seed, asked):
    rng = np.random.default_rng(seed)
    y = rng.permutation([0] * 20 + [1] * 15)
    p = np.round(rng.random(35), 2).astype(np.float32)
    threshold = operating_point(y, p, asked)
    assert sensitivity_specificity(y, p, threshold)[1] >= asked
    for smaller in np.unique(p)[np.unique(p) < np.float32(threshold)]:
        assert sensitivity_specificity(y, p, smaller)[1] < asked


def test_where_normals_score_highest_the_threshold_lies_above_them_also_in_float32():
    p = np.array([0.2, 1.0], np.float32)
    threshold = operating_point([1, 0], p, 1.0)
    assert threshold > 1
    assert not (p >= np.float32(threshold)).any()


@pytest.mark.parametrize(
    ("y", "p", "specificity", "said"),
    [
        ([1, 1], [0.1, 0.2], 0.9, "no normal eye"),
        ([0, 1], [0.1], 0.9, r"\[2\], probabilities \[1\]"),
        ([0, 1], [0.1, 0.2], 95, "fraction"),
    ],
)
def test_what_has_no_operating_point_is_refused(y, p, specificity, said):
    with pytest.raises(InputError, match=said):
        operating_point(y, p, specificity)


def test_recall_confusion_and_the_threshold_rule():
    y, predicted = np.array([0, 0, 0, 2]), np.array([0, 0, 2, 2])
    assert recall_per_class(y, predicted, 3) == [pytest.approx(2 / 3), None, 1]
    assert confusion(y, predicted, 3) == [[2, 0, 1], [0, 0, 0], [0, 0, 1]]
    y, p = np.array([1, 0]), np.array([0.5, 0.5])
    assert sensitivity_specificity(y, p, 0.5) == (1, 0)  # p ≥ threshold is positive
    assert sensitivity_specificity(np.array([1]), p[:1], 0.5) == (1, None)


def test_the_curves_corners_give_the_areas_and_hold_at_every_threshold():
    rng = np.random.default_rng(2)
    y, p = rng.permutation([0] * 20 + [1] * 9), np.round(rng.random(29), 1)
    roc = roc_points(y, two_columns(p), ("normal", "glaucoma"))
    assert set(roc["class"]) == {"glaucoma"}
    area = np.trapezoid(roc.sensitivity, roc.false_positive_rate)
    assert area == pytest.approx(slow_auroc(y, p))
    for row in roc.itertuples():
        sensitivity, specificity = sensitivity_specificity(y, p, row.threshold)
        assert (row.sensitivity, 1 - row.false_positive_rate) == pytest.approx(
            (sensitivity, specificity)
        )
    curve = precision_recall_points(y, two_columns(p), ("normal", "glaucoma"))
    steps = -np.diff(curve.recall) * curve.precision[:-1]
    assert steps.sum() == pytest.approx(auprc(y, two_columns(p)))


def test_a_class_without_eyes_has_no_curve():
    P = np.random.default_rng(0).dirichlet([1] * 4, 9)
    roc = roc_points(np.arange(9) % 3, P, ("NORMAL", "CNV", "DME", "DRUSEN"))
    assert set(roc["class"]) == {"NORMAL", "CNV", "DME"}
    assert roc_points(np.zeros(2, int), two_columns([0.1, 0.2]), ("a", "b")).empty
