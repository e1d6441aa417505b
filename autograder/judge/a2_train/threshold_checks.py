"""The checks of a2's `operating_point` cell."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from autograder.judge.a2_train.checks import CHECKS, mistaken, unknown
from autograder.judge.a2_train.secret import Secret
from autograder.judge.bench import Bench
from autograder.judge.check import Verdict, passed
from glaucam.checks.a2_misconceptions import CHOOSE
from glaucam.checks.a2_thresholds import MISTAKES, Eyes, is_right, recognised, sorts_alike

KINDS = ("list", "tensor")
BLIND = ("fixed-threshold", "not-the-threshold")  # they do not look at the eyes: no credit at all


def asked(
    bench: Bench, eyes: Sequence[Eyes], kinds: Sequence[str]
) -> tuple[list[float], dict[str, str]]:
    """A threshold for every question, NaN where none came, and the errors by question."""
    arrays = {f"y/{i}": e.y for i, e in enumerate(eyes)} | {
        f"p/{i}": e.p for i, e in enumerate(eyes)
    }
    calls = [[i, e.specificity, kind] for i, (e, kind) in enumerate(zip(eyes, kinds, strict=True))]
    result = bench.call("thresholds", {"calls": calls}, arrays)
    errors = result.value if isinstance(result.value, dict) else {}
    return [number(result.arrays.get(str(i))) for i in range(len(eyes))], errors


def number(array: np.ndarray | None) -> float:
    return float(array.reshape(-1)[0]) if array is not None and array.size == 1 else float("nan")


@CHECKS.add("operating_point.threshold", needs="operating_point")
def threshold(bench: Bench, secret: Secret) -> Verdict:
    """The smallest threshold that is specific enough, on secret eyes."""
    eyes = secret.plain
    answers, errors = asked(bench, eyes, ["array"] * len(eyes))
    if all(is_right(t, e) for t, e in zip(answers, eyes, strict=True) if not np.isnan(t)):
        if not np.isnan(answers).any():
            return passed(f"Right for {len(eyes)} secret sets of eyes.")
        return mistaken("not-a-number", " ".join(errors.values())[:200] + " ")
    name = recognised(list(zip(answers, eyes, strict=True)))
    bench.memory["threshold rule"] = name
    if name is None and np.isnan(answers).any():
        return mistaken("not-a-number")
    return unknown("Your threshold", CHOOSE) if name is None else mistaken(name)


@CHECKS.add("operating_point.edges", needs="operating_point")
def edges(bench: Bench, secret: Secret) -> Verdict:
    """Equal p, a specificity of 0 and of 1, no threshold high enough; lists and tensors too."""
    answers, errors = asked(bench, secret.edges, ["array"] * len(secret.edges))
    paid = bench.memory.get("threshold rule")
    if paid in BLIND:
        return mistaken(paid)
    wrong = [i for i, e in enumerate(secret.edges) if not fine(answers[i], e, paid)]
    if wrong:
        return edge_mistake(wrong, answers, secret.edges, errors)
    dressed, errors = asked(bench, secret.plain[: len(KINDS)], KINDS)
    for kind, t, e in zip(KINDS, dressed, secret.plain, strict=False):
        if not fine(t, e, paid):
            came = next(iter(errors.values()), "another threshold than for the array")
            return mistaken("lists-not-taken", f"For a {kind}: {came}. ")
    return passed("Right at the ends of the range, with ties, and for lists and tensors.")


def fine(t: float, eyes: Eyes, paid: str | None) -> bool:
    """Right, or what the mistake already paid for gives here, however it ends where none fits."""
    if np.isnan(t):
        return False
    if paid and t >= eyes.p.max():
        return True
    rules = [rule for name, rule in MISTAKES if name == paid]
    y, p, s = eyes.y, eyes.p, eyes.specificity
    return is_right(t, eyes) or any(sorts_alike(t, rule(y, p, s), p) for rule in rules)


def edge_mistake(
    wrong: list[int], answers: list[float], eyes: Sequence[Eyes], errors: dict[str, str]
) -> Verdict:
    """Name what goes wrong at the ends of the range."""
    first = wrong[0]
    if first == 1 and (np.isnan(answers[1]) or answers[1] <= eyes[1].p.max()):
        return mistaken("none-reaches", errors.get("1", ""))
    where = ("equal p at the line", "a specificity of 1", "a specificity of 0",
             "a specificity of 1 that can be reached")[first]  # fmt: skip
    return mistaken("edge-of-the-range", f"At {where}: {errors.get(str(first), answers[first])}. ")
