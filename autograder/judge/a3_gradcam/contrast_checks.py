"""The check of a3's `contrast` cell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import torch

from autograder.judge.a3_gradcam.checks import CHECKS
from autograder.judge.a3_gradcam.finishes import by_maximum, by_range, enlarge, finishes, relu, same
from autograder.judge.a3_gradcam.formulas import (
    AT_TIMES,
    DOUBLE,
    IN_A_BATCH,
    MISTAKES,
    RIGHT,
    Formula,
    close,
    diagnose,
)
from autograder.judge.a3_gradcam.own_formula import Followed
from autograder.judge.a3_gradcam.returned import (
    courtesies,
    heat,
    left_behind,
    mistaken,
    named,
    untouched,
    wrong,
)
from autograder.judge.a3_gradcam.secret import Case, Secret
from autograder.judge.bench import Bench
from autograder.judge.check import Verdict, passed, share_of

MISTAKES_HERE = (
    Formula("reversed-contrast", "other"),
    Formula("absolute-contrast", "absolute"),
    Formula("absolute-contrast", "predicted"),
)
Answers = Sequence[tuple[np.ndarray, Case]]


def accepted(bench: Bench) -> tuple[Followed, ...]:
    """The right formula, and the one the student's own GradCAM has already paid for."""
    paid = bench.memory.get("formula")
    return (RIGHT,) if paid is None or paid is RIGHT else (RIGHT, paid)


@CHECKS.add("contrast.values", needs="contrast_heatmap")
def contrast(bench: Bench, secret: Secret) -> Verdict:
    """The contrast heatmap explains y[1] − y[0]: what speaks for glaucoma and against normal."""
    answers = [(asked(bench, case), case) for case in secret.contrast]
    pairs = [(array, case.evidence) for array, case in answers]
    for formula in accepted(bench):
        if all(formula.explains(array, evidence) for array, evidence in pairs):
            break
    else:
        return contrast_mistake(answers)
    if not formula.explains(asked(bench, secret.sure), secret.sure.evidence):
        return mistaken("softmax-score")
    return leaves_no_trace(bench, secret.contrast[0], formula)


def asked(bench: Bench, case: Case) -> np.ndarray:
    """The student's contrast maps of a case; of one image at a time where `gradcam.batch` has
    charged what goes wrong with several.
    """
    images = case.images
    parts = [images[i : i + 1] for i in range(len(images))] if charged(bench) else [images]
    maps = []
    for part in parts:
        result = bench.call("contrast", case.args(), {**case.arrays, "images": part})
        maps.append(heat(bench, result, "0", len(part)))
    return np.concatenate(maps)


def charged(bench: Bench) -> bool:
    return bool(bench.memory.get("batch charged"))


def leaves_no_trace(bench: Bench, case: Case, formula: Followed) -> Verdict:
    """The same on a network in training mode. What `gradcam.state` has charged is paid."""
    rows = [0] if charged(bench) else list(range(len(case.images)))
    arrays = {**case.arrays, "images": case.images[rows]}
    result = bench.call("contrast", case.args(train=True), arrays)
    seen = result.value if isinstance(result.value, dict) else {}
    array = heat(bench, result, "0", len(rows))
    calm = untouched(case, result) and formula.explains(array, case.evidence_of(rows))
    faults = [*([] if calm else ["no-eval"]), *left_behind(seen)]
    unpaid = [name for name in faults if name not in bench.memory.get("manners", [])]
    if not unpaid:
        return passed("Right on three secret networks, without a hook left." + courtesies(seen))
    message = f"The map is right. {' '.join(named(name) for name in unpaid)}"
    return share_of(max(0, 3 - len(unpaid)), 3, message, unpaid[0])


def contrast_mistake(answers: Answers) -> Verdict:
    """Name what the student's contrast map is instead."""
    if all(np.ptp(array) == 0 for array, _ in answers):
        return mistaken("constant-map")
    pairs = [(array, case.evidence) for array, case in answers]
    for formula in MISTAKES_HERE:
        if all(formula.explains(array, evidence) for array, evidence in pairs):
            return wrong(formula)
    for target in (1, 0):
        single = [(array, case.evidence_of(range(len(array)), target)) for array, case in answers]
        if all(RIGHT.explains(array, evidence) for array, evidence in single):
            return mistaken("one-class-only")
    if all(is_difference_of_heatmaps(array, case) for array, case in answers):
        return mistaken("difference-of-heatmaps")
    return wrong(diagnose(pairs, (*MISTAKES, *AT_TIMES, *IN_A_BATCH, *DOUBLE)))


def is_difference_of_heatmaps(array: np.ndarray, case: Case) -> bool:
    """Whether two finished maps, or two after their ReLU, were subtracted, in whichever finish."""
    return any(close(array, form.numpy()) for form in differences(case, len(array)))


def differences(case: Case, count: int) -> Iterator[torch.Tensor]:
    """heat(1) − heat(0), the two scaled or only cut at zero, enlarged before or after."""
    one, zero = (case.evidence_of(range(count), c).raw("gradcam") for c in (1, 0))
    size = case.evidence.size
    for scale in (same, by_maximum, by_range):
        for mode in ("centres", "corners"):
            small = scale(relu(one)) - scale(relu(zero))
            late = scale(enlarge(relu(one), size, mode)) - scale(enlarge(relu(zero), size, mode))
            for plain in (enlarge(small, size, mode), late):
                yield from (plain, plain.abs(), relu(plain), (plain + 1) / 2)
            for plain in (small, late):
                for rectify in (relu, same, torch.abs):
                    yield from finishes(rectify, modes=(mode,))(plain, size)
