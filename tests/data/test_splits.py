"""Splits: no group in two parts, fractions and classes about right, the same for the same seed."""

import numpy as np
import pytest

from glaucam.data import SPLITS, split_by_group, tens_of_file_number
from glaucam.errors import DataError


@pytest.mark.parametrize("seed", range(5))
def test_groups_stay_whole_and_classes_balanced(seed):
    rng = np.random.default_rng(seed)
    groups = rng.integers(0, 150, 600).astype(str)
    by_group = {group: rng.random() < 0.3 for group in set(groups)}
    labels = np.array([by_group[group] for group in groups]).astype(int)
    splits = split_by_group(groups, labels, (0.6, 0.2, 0.2), seed=seed)
    for group in set(groups):
        assert len(set(splits[groups == group])) == 1
    for split, fraction in zip(SPLITS, (0.6, 0.2, 0.2), strict=True):
        chosen = splits == split
        assert abs(chosen.mean() - fraction) < 0.03
        assert abs(labels[chosen].mean() - labels.mean()) < 0.05


def test_seed_decides():
    groups, labels = np.arange(100).astype(str), np.arange(100) % 2
    one = split_by_group(groups, labels, seed=0)
    np.testing.assert_array_equal(one, split_by_group(groups, labels, seed=0))
    assert (one != split_by_group(groups, labels, seed=1)).any()


def test_a_part_may_be_left_out():
    splits = split_by_group(np.arange(20).astype(str), np.arange(20) % 2, (0.5, 0, 0.5))
    assert set(splits) == {"train", "test"}
    assert split_by_group([], []).tolist() == []


@pytest.mark.parametrize("fractions", [(0.5, 0.5), (0.5, 0.2, 0.2), (1.2, -0.1, -0.1)])
def test_wrong_fractions(fractions):
    with pytest.raises(DataError, match="sum to 1"):
        split_by_group(["a"], [0], fractions)


def test_one_group_per_label():
    with pytest.raises(DataError, match="one each"):
        split_by_group(["a"], [0, 1])


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("glaucoma/Im327_g_ACRIMA.jpg", "Im32"),
        ("Im320_g_ACRIMA.JPG", "Im32"),
        ("Im005_ACRIMA.jpg", "Im0"),
        ("drishtiGS_110.png", "drishtiGS_11"),
        ("eye.png", "eye"),
    ],
)
def test_tens_of_file_number(name, group):
    assert tens_of_file_number(name) == group
