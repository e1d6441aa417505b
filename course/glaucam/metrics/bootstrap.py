"""Intervals by drawing the images anew: how far a mean would move with other images."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from glaucam.errors import InputError

Interval = tuple[float | None, float | None]
RESAMPLES = 2000


def bootstrap_interval(
    values: Sequence[float | None], level: float = 0.95, seed: int = 0
) -> Interval:
    """(low, high) of the mean over images, by percentiles of 2000 means of images drawn anew.

    ``values``: one per image; None is left out. (None, None) with fewer than two. The same values
    and seed give the same interval. Efron 1979.
    """
    told = np.array([value for value in values if value is not None], dtype=np.float64)
    if not 0 < level < 1:
        raise InputError(f"level is {level}, expected a fraction such as 0.95")
    if len(told) < 2:
        return None, None
    draws = np.random.default_rng(seed).integers(len(told), size=(RESAMPLES, len(told)))
    low, high = np.quantile(told[draws].mean(axis=1), [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def paired_interval(
    first: Sequence[float | None],
    second: Sequence[float | None],
    level: float = 0.95,
    seed: int = 0,
) -> tuple[float | None, float | None, float | None]:
    """(mean, low, high) of first − second over images that have both: the image is the pair.

    Two methods differ where this interval leaves 0 out, which their own intervals may not show.
    """
    if len(first) != len(second):
        raise InputError(
            f"{len(first)} values against {len(second)}: expected one each per image, None where "
            "there is none"
        )
    gaps = [a - b for a, b in zip(first, second, strict=True) if a is not None and b is not None]
    low, high = bootstrap_interval(gaps, level, seed)
    return (float(np.mean(gaps)) if gaps else None), low, high
