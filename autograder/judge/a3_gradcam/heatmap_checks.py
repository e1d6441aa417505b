"""The checks of a3's `gradcam` cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch

from autograder.judge.a3_gradcam.cases import Case
from autograder.judge.a3_gradcam.checks import CHECKS
from autograder.judge.a3_gradcam.evidence import pixel_gradient
from autograder.judge.a3_gradcam.finishes import by_maximum, by_range, relu, same
from autograder.judge.a3_gradcam.formulas import (
    IN_A_BATCH,
    MISTAKES,
    RIGHT,
    TOLERANCE,
    Evidence,
    close,
    diagnose,
)
from autograder.judge.a3_gradcam.own_formula import Followed, OwnFormula
from autograder.judge.a3_gradcam.returned import (
    courtesies,
    heat,
    left_behind,
    mistaken,
    named,
    one_map,
    shaped,
    untouched,
    wrong,
)
from autograder.judge.a3_gradcam.secret import Secret
from autograder.judge.bench import Bench, Fault
from autograder.judge.check import Verdict, failed, passed, share_of

FADED = 0.02  # of the maximum of the faintest map, see ``secret.FAINTER``
TURNED = next(f for f in MISTAKES if f.id == "swapped-axes")
ABSOLUTE = next(f for f in MISTAKES if f.id == "absolute-map")


def followed(bench: Bench, secret: Secret) -> Followed | None:
    """The formula the student's maps follow on the plain cases: right, a mistake, one of its own.

    Later checks ask whether the same formula still holds under their conditions, so that a mistake
    in the formula is paid once, in `gradcam.values`. None where the maps do not explain the
    network; ``bench.memory["trait"]`` then names what they lack.
    """
    if "formula" not in bench.memory:
        cases = [(plain_map(bench, case), case.evidence) for case in secret.values]
        trait = "constant-map" if all(np.ptp(array) == 0 for array, _ in cases) else ""
        formula = None if trait else diagnose(cases)
        if formula is None:
            trait = trait or lacks(bench, secret.values[0])
            formula = None if trait else OwnFormula(bench)
        bench.memory["trait"], bench.memory["formula"] = trait, formula
    return bench.memory["formula"]


def plain_map(bench: Bench, case: Case) -> np.ndarray:
    """The map of one image; a habit in its axes is noted, to be charged once."""
    result = bench.call("heatmaps", case.args(calls=[[[0], case.target]]), case.arrays)
    _, habit = shaped(result.arrays.get("0"), 1)
    bench.memory.setdefault("habit", habit)
    return heat(bench, result, "0", 1)


def formula_or_fault(bench: Bench, secret: Secret) -> Followed:
    try:
        formula = followed(bench, secret)
    except Fault as fault:
        if fault.misconception == "not-written":
            raise
        raise Fault(
            "This builds on plain maps, and those fail: see `gradcam.values`.", fault.misconception
        ) from fault
    if formula is None:
        trait = bench.memory["trait"]
        raise Fault("This builds on plain maps, and yours explain nothing: see there.", trait)
    return formula


@CHECKS.add("gradcam.values", needs="GradCAM")
def values(bench: Bench, secret: Secret) -> Verdict:
    """Your heatmaps have the right numbers, on networks and images you have not seen."""
    formula = followed(bench, secret)
    if formula is None:
        return mistaken(bench.memory["trait"])
    if formula is RIGHT and (habit := bench.memory["habit"]):
        return mistaken(habit)
    if formula is RIGHT:
        return passed("Right on three secret networks, with average-pooled and with other heads.")
    return wrong(formula)


def lacks(bench: Bench, case: Case) -> str:
    """What the maps of an unknown formula do not depend on though they should, by name, or ""."""
    other = (int(case.target) + 1) % case.description["head"]["classes"]
    calls = [[[0], case.target], [[0], case.target], [[0], other]]
    result = bench.call("heatmaps", case.args(calls=calls), case.arrays)
    head = case.description["places"][2]
    mixed = {k: np.roll(v, 1, -1) if f"{head}.out" in k else v for k, v in case.arrays.items()}
    elsewhere = bench.call("heatmaps", case.args(calls=calls[:1]), mixed)
    try:
        first, again, switched = (heat(bench, result, str(i), 1) for i in range(3))
        changed = heat(bench, elsewhere, "0", 1)
    except Fault:
        return ""
    if not close(first, again):
        return "not-repeatable"
    if close(first, changed):
        return "network-ignored"
    if is_saliency(first, case):
        return "pixel-gradients"
    return "class-ignored" if close(first, switched) else ""


def is_saliency(array: np.ndarray, case: Case) -> bool:
    """Whether the map is made of the gradient of the pixels, with or without the pixels."""
    gradient = pixel_gradient(case.net, case.images, case.target)
    weighted = gradient * torch.from_numpy(case.images)
    for g in (gradient, gradient.abs(), weighted, weighted.abs(), gradient**2):
        for raw in (g.amax(1), g.sum(1)):
            forms = [same(raw), *(scale(relu(raw)) for scale in (same, by_maximum, by_range))]
            if any(close(array, form.numpy()) for form in forms):
                return True
    return False


@CHECKS.add("gradcam.size", needs="GradCAM")
def size(bench: Bench, secret: Secret) -> Verdict:
    """A photo that is wider than high gives a heatmap of its own height and width."""
    formula, case = formula_or_fault(bench, secret), secret.oblong
    array = one_map(bench, case)
    if formula.explains(array, case.evidence):
        return passed("Height and width are in their places.")
    if TURNED.explains(array, case.evidence) or array.shape[1:] == case.evidence.size[::-1]:
        return wrong(TURNED)
    if array.shape[1:] != case.evidence.size:
        H, W = case.evidence.size
        return failed(
            f"A map of {list(array.shape[1:])} came back for an image of [{H}, {W}].", "fixed-size"
        )
    return wrong(diagnose([(array, case.evidence)]))


@CHECKS.add("gradcam.batch", needs="GradCAM")
def batch(bench: Bench, secret: Secret) -> Verdict:
    """Each image's heatmap is its own: alone, in a batch, in another order, on a second call."""
    bench.memory["batch charged"] = True  # unless it passes
    formula, case = formula_or_fault(bench, secret), secret.batch
    rows = list(range(len(case.images)))
    other = (int(case.target) + 1) % case.description["head"]["classes"]
    orders = [[0], [3], [0], rows, rows[::-1], rows[:5]]
    asked = [*((order, case.target) for order in orders), ([3], other)]
    result = bench.call("heatmaps", case.args(calls=[list(call) for call in asked]), case.arrays)
    if result.value is not None:
        return interrupted(len(result.arrays), str(result.value))
    maps = [heat(bench, result, str(i), len(order)) for i, (order, _) in enumerate(asked)]
    evidence = [case.evidence_of(order, target) for order, target in asked]
    if all(formula.explains(m, e) for m, e in zip(maps, evidence, strict=True)):
        bench.memory["batch charged"] = False
        return passed("Alone, in a batch of six, reversed and repeated: always the same map.")
    return batch_mistake(formula, maps, evidence)


def interrupted(number: int, error: str) -> Verdict:
    """A later call raised: a further one on one image, the first on several, or one after those."""
    name = "accumulates-over-calls" if number < 3 else "batch-crashes"
    return mistaken(
        "depends-on-batch" if number > 3 else name, f"Call {number + 1} raised {error}. "
    )


def batch_mistake(
    formula: Followed, maps: Sequence[np.ndarray], evidence: Sequence[Evidence]
) -> Verdict:
    """Name what ties the images of a batch, or the calls of an extractor, together."""
    known = diagnose(list(zip(maps[:6], evidence[:6], strict=True)), IN_A_BATCH)
    if known is not None and known is not RIGHT:
        return wrong(known)
    if is_stale(formula, maps, evidence):
        return mistaken("stale-activation")
    if not close(maps[2], maps[0]):
        return mistaken("accumulates-over-calls")
    if only_first(formula, maps[3], evidence[3]):
        return mistaken("first-image-only")
    if formula.explains(maps[1], evidence[1]) and not formula.explains(maps[6], evidence[6]):
        return mistaken("class-ignored")
    return mistaken("depends-on-batch")


def is_stale(formula: Followed, maps: Sequence[np.ndarray], evidence: Sequence[Evidence]) -> bool:
    """Whether call 2, on another image, still shows activations or gradients of call 1."""
    now, then = evidence[1], evidence[0]
    if formula.explains(maps[1], now):
        return False
    mixed = (replace(now, A=then.A, kept={}), replace(now, gradients=then.gradients, kept={}))
    return close(maps[1], maps[0]) or any(formula.explains(maps[1], e) for e in mixed)


def only_first(formula: Followed, together: np.ndarray, evidence: Evidence) -> bool:
    """Whether a batch shows the first image, its activations or its gradients for all, or alone."""
    if formula.explains(together, evidence):
        return False
    first = {name: g[:1].expand_as(g) for name, g in evidence.gradients.items()}
    mixed = (
        replace(evidence, A=evidence.A[:1].expand_as(evidence.A), kept={}),
        replace(evidence, gradients=first, kept={}),
    )
    repeated = close(together, np.repeat(together[:1], len(together), 0))
    return repeated or not together[1:].any() or any(formula.explains(together, e) for e in mixed)


@CHECKS.add("gradcam.flat", needs="GradCAM")
def flat(bench: Bench, secret: Secret) -> Verdict:
    """Where nothing speaks for the class, the heatmap is all zeros, without NaN."""
    formula, case = formula_or_fault(bench, secret), secret.flat
    array = one_map(bench, case)
    if array.shape[1:] == case.evidence.size and not array.any():
        return passed("No evidence, no heat.")
    if formula is not RIGHT and (formula.id == "no-relu" or formula.explains(array, case.evidence)):
        return passed("As your formula gives it; its mistake is paid in `gradcam.values`.")
    return mistaken("absolute-map" if ABSOLUTE.explains(array, case.evidence) else "flat-map-lit")


@CHECKS.add("gradcam.faint", needs="GradCAM")
def faint(bench: Bench, secret: Secret) -> Verdict:
    """A map with tiny gradients is scaled like any other: its maximum is 1."""
    formula, case = formula_or_fault(bench, secret), secret.faint
    array = one_map(bench, case)
    if formula.explains(array, case.evidence):
        maps, cases = (array, one_map(bench, secret.fainter)), (case, secret.fainter)
        if fades(formula, maps, cases):
            return mistaken("absolute-eps")
        return passed("Faint maps reach 1 too.")
    expected = next(formula.maps(case.evidence)).numpy()
    if array.shape == expected.shape and array.max() < expected.max() * (1 - TOLERANCE):
        return mistaken("absolute-eps")
    return wrong(None)


def fades(formula: Followed, maps: tuple[np.ndarray, np.ndarray], cases: tuple[Case, Case]) -> bool:
    """Whether the second of two maps is paler beside the first than the formula has it."""
    first, second = (float(next(formula.maps(case.evidence)).max()) for case in cases)
    return bool(maps[1].max() * first < (1 - FADED) * maps[0].max() * second)


@CHECKS.add("gradcam.frozen", needs="GradCAM")
def frozen(bench: Bench, secret: Secret) -> Verdict:
    """A network whose weights are all frozen is explained like any other."""
    formula, case = formula_or_fault(bench, secret), secret.frozen
    try:
        array = one_map(bench, case, frozen=True)
    except Fault as fault:
        raise Fault(f"{fault.message} {named('frozen-network')}", "frozen-network") from fault
    if formula.explains(array, case.evidence):
        return passed("Frozen weights make no difference.")
    return mistaken("frozen-network")


@CHECKS.add("gradcam.inplace", needs="GradCAM")
def inplace(bench: Bench, secret: Secret) -> Verdict:
    """A layer that is followed by an in-place ReLU is explained by its own output."""
    formula, case = formula_or_fault(bench, secret), secret.inplace
    array = one_map(bench, case)
    if formula.explains(array, case.evidence):
        return passed("The in-place ReLU does not reach what you saved.")
    return mistaken("overwritten-in-place")


def is_whole(slope: np.ndarray | None, case: Case) -> bool:
    """Whether the network still passes gradients down to its pixels, as an untouched one does.

    Flags and counts are told by a process that may lie; these numbers nobody has without doing it.
    """
    expected = pixel_gradient(case.net, case.images, 1).numpy()
    if slope is None or slope.shape != expected.shape:
        return False
    return bool(np.abs(slope - expected).max() <= TOLERANCE * np.abs(expected).max())


@CHECKS.add("gradcam.state", needs="GradCAM")
def state(bench: Bench, secret: Secret) -> Verdict:
    """The network is explained in eval mode and is afterwards as it was, without your hooks."""
    formula, case = formula_or_fault(bench, secret), secret.state
    result = bench.call("traces", case.args(train=True), case.arrays)
    seen = result.value if isinstance(result.value, dict) else {}
    first, rows = heat(bench, result, "first", 1), [0]
    one, zero = case.evidence_of(rows, 1), case.evidence_of(rows, 0)
    calm = untouched(case, result) and formula.explains(first, one)
    friendly = not seen.get("clash") and (
        not calm  # already paid: the same maps
        or (
            formula.explains(heat(bench, result, "second", 1), zero)
            and formula.explains(heat(bench, result, "again", 1), one)
        )
    )
    left, on = left_behind(seen), seen.get("grad_mode") is True
    paid = bool(left) or not on or not untouched(case, result)  # the numbers may differ for that
    told = paid or is_whole(result.arrays.get("slope"), case)
    faults = [
        *([] if calm else ["no-eval"]),
        *([] if friendly else ["one-extractor-only"]),
        *(left if told else ["hooks-left-behind"]),
        *([] if on and told else ["gradients-off"]),
    ]
    bench.memory["manners"] = faults
    if not faults:
        praise = "Eval mode, statistics untouched, no hooks left, two extractors get along."
        return passed(praise + courtesies(seen))
    message = " ".join(named(name) for name in faults) + courtesies(seen)
    return share_of(max(0, 4 - len(faults)), 4, message, faults[0])
