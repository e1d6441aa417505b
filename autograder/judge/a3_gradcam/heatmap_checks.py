"""The checks of a3's `gradcam` and `contrast` cells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograder.jail.kernel import CallResult
from autograder.judge.a3_gradcam.checks import CHECKS
from autograder.judge.a3_gradcam.formulas import (
    CONTRAST,
    IN_A_BATCH,
    MISTAKES,
    RIGHT,
    Evidence,
    Formula,
    close,
    diagnose,
    finishes,
    right,
)
from autograder.judge.a3_gradcam.misconceptions import MISCONCEPTIONS
from autograder.judge.a3_gradcam.secret import Case, Secret
from autograder.judge.bench import Bench, Fault
from autograder.judge.check import Verdict, failed, passed, share_of

UNKNOWN = (
    "Your map differs from Grad-CAM here, in a way that matches no mistake we know. Compare with the "
    "small case worked by hand in the notebook."
)


def heat(result: CallResult, key: str, count: int) -> np.ndarray:
    """One returned map stack [count,?,?] of finite numbers, or a Fault that says what came."""
    array = result.arrays.get(key)
    if array is None:
        raise Fault("No array came back.", "no-array")
    if array.ndim != 3 or array.size == 0:
        raise Fault(
            f"A map stack of shape {list(array.shape)} came back, expected [N,H,W] with N = {count}.",
            "wrong-shape",
        )
    if array.shape[0] != count:
        name = "first-image-only" if array.shape[0] == 1 else "wrong-shape"
        why = str(MISCONCEPTIONS[name]) if name in MISCONCEPTIONS else ""
        raise Fault(f"{array.shape[0]} maps came back for {count} images. {why}", name)
    return array


def finite(array: np.ndarray) -> np.ndarray:
    if not np.isfinite(array).all():
        raise Fault(f"Your map holds NaN or infinite values. {named('nan-on-flat-map')}", "nan-on-flat-map")
    return array


def named(id: str) -> str:
    return str(MISCONCEPTIONS[id])


def wrong(formula: Formula | None) -> Verdict:
    """Failed, by a known mistake or an unknown one."""
    if formula is None:
        return failed(UNKNOWN, "unknown")
    return failed(named(formula.id), formula.id)


def one_map(bench: Bench, case: Case, **more: Any) -> np.ndarray:
    """The student's maps of a case, all images in one call."""
    rows = list(range(len(case.images)))
    result = bench.call("heatmaps", case.args(calls=[[rows, case.target]], **more), case.arrays)
    return finite(heat(result, "0", len(rows)))


def followed(bench: Bench, secret: Secret) -> Formula | None:
    """The formula the student's maps follow on the plain cases: right, a mistake, or none known.

    Later checks ask whether the same formula still holds under their conditions, so that a mistake
    in the formula is paid once, in `gradcam.values`.
    """
    if "formula" not in bench.memory:
        cases = [(one_map(bench, case), case.evidence) for case in secret.values]
        bench.memory["formula"] = diagnose(cases)
    return bench.memory["formula"]


def formula_or_fault(bench: Bench, secret: Secret) -> Formula:
    try:
        formula = followed(bench, secret)
    except Fault as fault:
        raise Fault(f"This builds on plain maps, which fail. {fault.message}", fault.misconception) from fault
    if formula is None:
        raise Fault("This builds on plain maps, and yours follow no formula we know.", "unknown")
    return formula


@CHECKS.add("gradcam.values", needs="GradCAM")
def values(bench: Bench, secret: Secret) -> Verdict:
    """Your heatmaps have the right numbers, on networks and images you have not seen."""
    formula = followed(bench, secret)
    if formula is RIGHT:
        return passed("Right on three secret networks, with average-pooled and with other heads.")
    return wrong(formula)


@CHECKS.add("gradcam.size", needs="GradCAM")
def size(bench: Bench, secret: Secret) -> Verdict:
    """A photo that is wider than high gives a heatmap of its own height and width."""
    formula, case = formula_or_fault(bench, secret), secret.oblong
    array = one_map(bench, case)
    if formula.explains(array, case.evidence):
        return passed("Height and width are in their places.")
    turned = next(f for f in MISTAKES if f.id == "swapped-axes")
    if turned.explains(array, case.evidence) or array.shape[1:] == case.evidence.size[::-1]:
        return wrong(turned)
    if array.shape[1:] != case.evidence.size:
        H, W = case.evidence.size
        return failed(f"A map of {list(array.shape[1:])} came back for an image of [{H}, {W}].", "wrong-shape")
    return wrong(None)


@CHECKS.add("gradcam.batch", needs="GradCAM")
def batch(bench: Bench, secret: Secret) -> Verdict:
    """Each image's heatmap is its own: alone, in a batch, in another order, on a second call."""
    formula, case = formula_or_fault(bench, secret), secret.batch
    rows = list(range(len(case.images)))
    orders = [[0], rows, rows[::-1], [3], rows[:5]]
    calls = [[order, case.target] for order in orders]
    result = bench.call("heatmaps", case.args(calls=calls), case.arrays)
    maps = [finite(heat(result, str(i), len(order))) for i, order in enumerate(orders)]
    evidence = [case.evidence_of(order) for order in orders]
    if all(formula.explains(m, e) for m, e in zip(maps, evidence, strict=True)):
        return passed("Alone, in a batch of six, reversed and repeated: always the same map.")
    return batch_mistake(formula, maps, evidence)


def batch_mistake(
    formula: Formula, maps: Sequence[np.ndarray], evidence: Sequence[Evidence]
) -> Verdict:
    """Name what ties the images of a batch together."""
    known = diagnose(list(zip(maps, evidence, strict=True)), IN_A_BATCH)
    if known is not None and known is not RIGHT:
        return wrong(known)
    if close(maps[3], maps[0]) or close(maps[2], maps[1]):
        return failed(named("stale-activation"), "stale-activation")
    if all(close(m, np.repeat(m[:1], len(m), 0)) for m in maps):
        return failed(named("first-image-only"), "first-image-only")
    return failed(named("depends-on-batch"), "depends-on-batch")


@CHECKS.add("gradcam.flat", needs="GradCAM")
def flat(bench: Bench, secret: Secret) -> Verdict:
    """Where nothing speaks for the class, the heatmap is all zeros, without NaN."""
    formula, case = formula_or_fault(bench, secret), secret.flat
    array = one_map(bench, case)
    if array.shape[1:] == case.evidence.size and not array.any():
        return passed("No evidence, no heat.")
    if formula is not RIGHT and formula.explains(array, case.evidence):
        return passed("As your formula gives it; its mistake is paid in `gradcam.values`.")
    absolute = next(f for f in MISTAKES if f.id == "absolute-map")
    name = "absolute-map" if absolute.explains(array, case.evidence) else "flat-map-lit"
    return failed(named(name), name)


@CHECKS.add("gradcam.faint", needs="GradCAM")
def faint(bench: Bench, secret: Secret) -> Verdict:
    """A map with tiny gradients is scaled like any other: its maximum is 1."""
    formula, case = formula_or_fault(bench, secret), secret.faint
    array = one_map(bench, case)
    if formula.explains(array, case.evidence):
        return passed("Faint maps reach 1 too.")
    expected = next(formula.maps(case.evidence)).numpy()
    if array.shape == expected.shape and array.max() < expected.max():
        return failed(named("absolute-eps"), "absolute-eps")
    return wrong(None)


@CHECKS.add("gradcam.frozen", needs="GradCAM")
def frozen(bench: Bench, secret: Secret) -> Verdict:
    """A network whose weights are all frozen is explained like any other."""
    formula, case = formula_or_fault(bench, secret), secret.frozen
    try:
        array = one_map(bench, case, frozen=True)
    except Fault as fault:
        if fault.misconception == "raises-runtimeerror" or "grad" in fault.message:
            raise Fault(fault.message, "frozen-network") from fault
        raise
    if formula.explains(array, case.evidence):
        return passed("Frozen weights make no difference.")
    return failed(named("frozen-network"), "frozen-network")


@CHECKS.add("gradcam.inplace", needs="GradCAM")
def inplace(bench: Bench, secret: Secret) -> Verdict:
    """A layer that is followed by an in-place ReLU is explained by its own output."""
    formula, case = formula_or_fault(bench, secret), secret.inplace
    array = one_map(bench, case)
    if formula.explains(array, case.evidence):
        return passed("The in-place ReLU does not reach what you saved.")
    return failed(named("overwritten-in-place"), "overwritten-in-place")


@CHECKS.add("gradcam.state", needs="GradCAM")
def state(bench: Bench, secret: Secret) -> Verdict:
    """The network is explained in eval mode and is afterwards as it was, without your hooks."""
    formula, case = formula_or_fault(bench, secret), secret.state
    result = bench.call("traces", case.args(train=True), case.arrays)
    rows = list(range(len(case.images)))
    seen = result.value if isinstance(result.value, dict) else {}
    first, second, again = (finite(heat(result, k, len(rows))) for k in ("first", "second", "again"))
    one, zero = case.evidence_of(rows, 1), case.evidence_of(rows, 0)
    untouched = all(
        np.array_equal(result.arrays.get(f"state/{key.removeprefix('net/')}"), value)
        for key, value in case.weights.items()
    )
    trials = {
        "no-eval": untouched and formula.explains(first, one),
        "one-extractor-only": formula.explains(second, zero) and formula.explains(again, one),
        "hooks-left-behind": seen.get("hooks") == 0,
        "gradients-off": seen.get("grad") is True,
    }
    if not trials["no-eval"]:
        trials["one-extractor-only"] = True  # already paid: the same maps
    faults = [name for name, fine in trials.items() if not fine]
    if not faults:
        return passed("Eval mode, statistics untouched, no hooks left, two extractors get along.")
    message = " ".join(named(name) for name in faults)
    return share_of(len(trials) - len(faults), len(trials), message, faults[0])


CONTRAST_MISTAKES = (
    Formula("reversed-contrast", "other", right),
    Formula("absolute-contrast", "absolute", right),
)


def contrast_formulas(bench: Bench) -> tuple[Formula, ...]:
    """What counts as right: the formula, or the one the student's own GradCAM already paid for."""
    paid = bench.memory.get("formula")
    return (RIGHT,) if paid is None or paid is RIGHT else (RIGHT, paid)


@CHECKS.add("contrast.values", needs="contrast_heatmap")
def contrast(bench: Bench, secret: Secret) -> Verdict:
    """The contrast heatmap explains y[1] − y[0]: what speaks for glaucoma and against normal."""
    cases = []
    for case in secret.contrast:
        result = bench.call("contrast", case.args(), case.arrays)
        cases.append((finite(heat(result, "0", len(case.images))), case))
    pairs = [(array, case.evidence) for array, case in cases]
    for formula in contrast_formulas(bench):
        if all(formula.explains(array, evidence) for array, evidence in pairs):
            return passed("Right on two secret networks, one of them with a third class.")
    return contrast_mistake(cases)


def contrast_mistake(cases: list[tuple[np.ndarray, Case]]) -> Verdict:
    """Name what the student's contrast map is instead."""
    pairs = [(array, case.evidence) for array, case in cases]
    for formula in CONTRAST_MISTAKES:
        if all(formula.explains(array, evidence) for array, evidence in pairs):
            return wrong(formula)
    for target in (1, 0):
        single = [(array, case.evidence_of(range(len(array)), target)) for array, case in cases]
        if all(RIGHT.explains(array, evidence) for array, evidence in single):
            return failed(named("one-class-only"), "one-class-only")
    if all(is_difference_of_heatmaps(array, case) for array, case in cases):
        return failed(named("difference-of-heatmaps"), "difference-of-heatmaps")
    return wrong(diagnose(pairs, (*MISTAKES, *IN_A_BATCH)))


def is_difference_of_heatmaps(array: np.ndarray, case: Case) -> bool:
    """Whether the map is heat(1) − heat(0), signed, cut, taken as magnitude, or scaled again."""
    rows = range(len(array))
    ones = right(case.evidence_of(rows, 1).raw("gradcam"), case.evidence.size)
    zeros = right(case.evidence_of(rows, 0).raw("gradcam"), case.evidence.size)
    scaled = finishes(modes=("centres",))
    whole = finishes(lambda m: m, modes=("centres",))
    for one, zero in zip(ones, zeros, strict=True):
        plain = one - zero
        forms = [plain, plain.clamp(min=0), plain.abs()]
        forms += [*scaled(plain, plain.shape[1:]), *whole(plain, plain.shape[1:])]
        if any(close(array, form.numpy()) for form in forms):
            return True
    return False


__all__ = ["CONTRAST"]
