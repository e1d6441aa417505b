"""Bootstrap intervals: closed forms, coverage, repeatability."""

import numpy as np
import pytest

from glaucam.errors import InputError
from glaucam.metrics import bootstrap_interval, paired_interval


def test_equal_values_leave_no_doubt():
    assert bootstrap_interval([0.4] * 7) == (pytest.approx(0.4), pytest.approx(0.4))


@pytest.mark.parametrize("values", [[], [1.0], [None, 2.0, None]])
def test_fewer_than_two_images_have_no_interval(values):
    assert bootstrap_interval(values) == (None, None)


def test_the_interval_is_as_wide_as_the_normal_one():
    values = np.random.default_rng(0).normal(3, 2, 400)
    low, high = bootstrap_interval(values)
    half = 1.96 * values.std() / np.sqrt(400)
    assert low == pytest.approx(values.mean() - half, abs=0.02)
    assert high == pytest.approx(values.mean() + half, abs=0.02)


def test_it_holds_the_truth_as_often_as_it_says():
    draws = np.random.default_rng(1)
    held = []
    for _ in range(200):
        low, high = bootstrap_interval(draws.exponential(1.0, 60), level=0.9)
        held.append(low <= 1 <= high)
    assert 0.8 < np.mean(held) < 0.97


def test_the_seed_decides_and_none_is_left_out():
    values = [0.1, 0.5, 0.2, 0.9]
    assert bootstrap_interval(values) == bootstrap_interval([0.1, None, 0.5, 0.2, None, 0.9])
    assert bootstrap_interval(values, seed=0) == bootstrap_interval(values, seed=0)
    assert bootstrap_interval(values * 9, seed=0) != bootstrap_interval(values * 9, seed=1)


def test_pairs_can_differ_where_the_intervals_overlap():
    spread = np.random.default_rng(2).normal(0, 5, 30)
    better, worse = list(spread + 0.5), list(spread)
    assert bootstrap_interval(better)[0] < bootstrap_interval(worse)[1]
    mean, low, high = paired_interval(better, worse)
    assert (mean, low, high) == (pytest.approx(0.5),) * 3


def test_pairs_need_both():
    assert paired_interval([1.0, None, 3.0], [0.0, 5.0, None])[0] == 1.0
    assert paired_interval([None], [1.0]) == (None, None, None)
    with pytest.raises(InputError, match="2 values against 1"):
        paired_interval([1.0, 2.0], [1.0])


def test_a_level_that_is_none():
    with pytest.raises(InputError, match="level is 95"):
        bootstrap_interval([1.0, 2.0], level=95)
