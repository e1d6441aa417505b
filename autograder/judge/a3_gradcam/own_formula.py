"""A formula nobody knows, held against itself: what a student's code gives where nothing is hard.

An unknown formula is charged once, in `gradcam.values`. Whether it still holds in a batch, on
frozen weights, after an in-place ReLU can be asked all the same: of each image alone, on the same
network at rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch

from autograder.judge.a3_gradcam.cases import BRIGHT, Case, scaled_head
from autograder.judge.a3_gradcam.evidence import CONTRAST, Evidence
from autograder.judge.a3_gradcam.formulas import TOLERANCE, Formula, OneOf, close
from autograder.judge.a3_gradcam.returned import heat
from autograder.judge.bench import Bench


@dataclass(frozen=True)
class OwnFormula:
    """Explains a map that is, image by image, what the same code gives at rest."""

    bench: Bench
    id: str = "unknown"

    def maps(self, evidence: Evidence) -> Iterator[torch.Tensor]:
        yield torch.from_numpy(self.at_rest(evidence))

    def explains(self, array: np.ndarray, evidence: Evidence) -> bool:
        """Whether ``array`` [N,H,W] is that, of the images' size, and not lit all over."""
        if array.shape[1:] != evidence.size or (np.ptp(array) == 0 and array.any()):
            return False
        expected = self.at_rest(evidence)
        return close(array, expected, TOLERANCE * max(1.0, float(np.abs(expected).max())))

    def at_rest(self, evidence: Evidence) -> np.ndarray:
        """The student's maps [N,H,W], one call of a new extractor for each image."""
        case = rested(evidence.case, evidence.target)
        calls = (
            self.bench.call("heatmaps", case.args(calls=[[[row], case.target]]), case.arrays)
            for row in evidence.rows
        )
        return np.concatenate([heat(self.bench, call, "0", 1) for call in calls])


Followed = Formula | OneOf | OwnFormula


def rested(case: Case, target: int | str) -> Case:
    """The same question without what makes it hard.

    No ReLU writes in place, a faint map is bright, and the contrast is asked as class 1 of a
    network whose last layer subtracts class 0 from it.
    """
    peak = float(case.evidence.peaks().min())
    if 0 < peak < BRIGHT / 10:
        case = scaled_head(case, BRIGHT / peak)
    weights = case.weights
    if target == CONTRAST:
        weights = {k: subtracted(v) if ".out." in k else v for k, v in weights.items()}
        target = 1
    description = dict(case.description)
    description["after"] = description["after"].removesuffix("_inplace")
    return replace(case, description=description, weights=weights, target=target, kept={})


def subtracted(weight: np.ndarray) -> np.ndarray:
    """A last layer's weight or bias [K,…] whose class 1 is class 1 − class 0."""
    return np.concatenate([weight[:1], weight[1:2] - weight[:1], weight[2:]])
