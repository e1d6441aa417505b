"""Calibration against closed forms, a slow formula and scikit-learn."""

import numpy as np
import pytest
from sklearn.calibration import calibration_curve

from glaucam.errors import InputError
from glaucam.metrics.calibration import calibration_error, reliability, top_confidence


def slow_error(confidence, right, bins):
    """Guo et al. 2017, eq. 3, bin by bin."""
    total = 0.0
    for m in range(bins):
        inside = [i for i, c in enumerate(confidence) if m / bins < c <= (m + 1) / bins]
        if inside:
            accuracy = sum(bool(right[i]) for i in inside) / len(inside)
            total += len(inside) * abs(accuracy - sum(confidence[i] for i in inside) / len(inside))
    return total / len(confidence)


@pytest.mark.parametrize("bins", [1, 10, 15])
def test_it_is_the_formula(bins):
    rng = np.random.default_rng(bins)
    confidence, right = rng.uniform(0.01, 1, 200), rng.random(200) < 0.6
    assert calibration_error(confidence, right, bins) == pytest.approx(
        slow_error(confidence, right, bins)
    )


def test_sure_and_right_is_zero_sure_and_wrong_is_one():
    assert calibration_error(np.ones(7), np.ones(7, bool)) == 0
    assert calibration_error(np.ones(7), np.zeros(7, bool)) == 1


def test_a_case_worked_by_hand():
    # Bin (.6,.667]: one of two right at .65, gap .15. Bin (.867,.933]: both right at .9, gap .1.
    got = calibration_error([0.65, 0.65, 0.9, 0.9], [True, False, True, True], bins=15)
    assert got == pytest.approx((2 * 0.15 + 2 * 0.1) / 4)


def test_as_often_right_as_it_says_is_calibrated():
    confidence = np.repeat([0.25, 0.5, 0.75], 100)
    right = np.concatenate([np.arange(100) < 100 * c for c in (0.25, 0.5, 0.75)])
    assert calibration_error(confidence, right) == pytest.approx(0)


def test_one_bin_is_the_gap_of_the_means():
    confidence, right = np.array([0.2, 0.9]), np.array([True, True])
    assert calibration_error(confidence, right, bins=1) == pytest.approx(1 - 0.55)


def test_the_bins_agree_with_scikit_learn():
    rng = np.random.default_rng(0)
    p, y = np.round(rng.random(500), 2), rng.random(500) < 0.4
    accuracy, confidence = calibration_curve(y, p, n_bins=10)
    rows = reliability(p, y, 10)
    rows = rows[rows.n > 0]
    np.testing.assert_allclose(rows.accuracy, accuracy)
    np.testing.assert_allclose(rows.confidence, confidence)


def test_each_answer_is_in_one_bin_and_empty_bins_are_said_to_be():
    rows = reliability([0.0, 0.2, 0.2, 1.0], [False, True, True, True], 5)
    assert rows.n.tolist() == [3, 0, 0, 0, 1]  # an edge belongs to the bin below it
    assert rows.accuracy.isna().tolist() == [False, True, True, True, False]


def test_the_confidence_is_that_of_the_most_probable_class():
    P = np.array([[0.7, 0.2, 0.1], [0.1, 0.3, 0.6]], np.float32)
    confidence, right = top_confidence(np.array([0, 1]), P)
    np.testing.assert_allclose(confidence, [0.7, 0.6], rtol=1e-6)
    assert right.tolist() == [True, False]


@pytest.mark.parametrize(
    ("confidence", "right", "bins", "said"),
    [
        ([0.5, 1.2], [1, 0], 15, "no logits"),
        ([0.5, np.nan], [1, 0], 15, "NaN"),
        ([0.5], [1, 0], 15, "expected both"),
        ([], [], 15, "N > 0"),
        ([0.5], [1], 0, "0 bins"),
    ],
)
def test_what_is_no_confidence_is_refused(confidence, right, bins, said):
    with pytest.raises(InputError, match=said):
        calibration_error(confidence, right, bins)
