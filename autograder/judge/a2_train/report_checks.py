"""The checks of a2's `report` cell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograder.judge.a2_train.checks import CHECKS, mistaken, unknown
from autograder.judge.a2_train.secret import Secret
from autograder.judge.bench import Bench, Fault
from autograder.judge.check import FAILED, PARTIAL, Verdict, passed
from glaucam.checks.a2_figures import KEYS, Eyes, is_right, recognised
from glaucam.checks.a2_misconceptions import FIGURES, MISCONCEPTIONS

Answers = list[tuple[np.ndarray, Eyes]]


def answered(bench: Bench, secret: Secret, key: str) -> Answers:
    """What the student's report says under ``key`` for every secret set of eyes."""
    told, arrays = reports(bench, secret)
    if told["errors"]:
        raise Fault(f"Your code raised {next(iter(told['errors'].values()))}.", "raises")
    if told["types"].get("0"):
        said = f"A {told['types']['0']} came back. {MISCONCEPTIONS['not-a-dict']}"
        raise Fault(said, "not-a-dict")
    if key not in told["keys"]:
        have = ", ".join(told["keys"]) or "none"
        said = f"There is no {key!r} among the keys ({have}). {MISCONCEPTIONS['key-missing']}"
        raise Fault(said[:600], "key-missing")
    found = [arrays.get(f"{i}/{key}") for i in range(len(secret.reported))]
    if any(a is None or not np.isfinite(a).all() for a in found):
        raise Fault(f"{key}: {MISCONCEPTIONS['not-a-figure']}", "not-a-figure")
    return list(zip(found, secret.reported, strict=True))


def reports(bench: Bench, secret: Secret) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """The student's reports: what was told of them, and every figure; asked once."""
    if "reports" not in bench.memory:
        eyes = secret.reported
        arrays = {f"y/{i}": e.y for i, e in enumerate(eyes)}
        arrays |= {f"p/{i}": e.p for i, e in enumerate(eyes)}
        calls = [[i, e.threshold, "array"] for i, e in enumerate(eyes)]
        result = bench.call("reports", {"calls": calls, "figures": list(KEYS)}, arrays)
        told = result.value if isinstance(result.value, dict) else {}
        told = {"errors": {}, "types": {}, "keys": [], **told}
        bench.memory["reports"] = told, result.arrays
    return bench.memory["reports"]


def mistake_in(bench: Bench, secret: Secret, key: str) -> str | None:
    """ "" where the figure is right, the mistake's name, or None for an unknown one."""
    answers = [(scalar(a) if key != "confusion" else a, e) for a, e in answered(bench, secret, key)]
    return "" if is_right(key, answers) else recognised(key, answers)


def scalar(array: np.ndarray) -> np.ndarray:
    return array.reshape(()) if array.size == 1 else array


def both(bench: Bench, secret: Secret, keys: Sequence[str], praise: str) -> Verdict:
    """Half the points for each of two figures, and the words of the first that is wrong."""
    said: dict[str, Verdict] = {}
    for key in keys:
        try:
            name = mistake_in(bench, secret, key)
        except Fault as fault:
            said[key] = Verdict(FAILED, 0.0, fault.message, fault.misconception)
            continue
        if name is None:
            said[key] = unknown(f"Your {key}", FIGURES)
        elif name:
            said[key] = mistaken(name, f"{key}: ")
    if not said:
        return passed(praise)
    first = next(iter(said.values()))
    whole = len(said) == len(keys)
    share = 0.0 if whole else 1 - len(said) / len(keys)
    return Verdict(FAILED if whole else PARTIAL, share, first.message, first.misconception)


@CHECKS.add("report.ranking", needs="report")
def ranking(bench: Bench, secret: Secret) -> Verdict:
    """auroc and auprc are right, with ties among the probabilities."""
    return both(bench, secret, ("auroc", "auprc"), "Both areas are right, ties included.")


@CHECKS.add("report.rates", needs="report")
def rates(bench: Bench, secret: Secret) -> Verdict:
    """sensitivity and specificity at the threshold given, p ≥ threshold being positive."""
    verdict = both(bench, secret, ("sensitivity", "specificity"), "Right at every threshold.")
    bench.memory["rates"] = verdict.misconception
    return verdict


@CHECKS.add("report.confusion", needs="report")
def confusion(bench: Bench, secret: Secret) -> Verdict:
    """The table of counts: rows are the truth, columns the call, normal before glaucoma."""
    answers = answered(bench, secret, "confusion")
    if any(array.shape != (2, 2) for array, _ in answers):
        came = list(answers[0][0].shape)
        return mistaken("confusion-shape", f"An array of shape {came} came back. ")
    name = mistake_in(bench, secret, "confusion")
    if name and name == bench.memory.get("rates"):
        return passed("As you count; that is paid in `report.rates`.")
    if name == "":
        return passed("Rows are the truth, columns the call.")
    return unknown("Your table", FIGURES) if name is None else mistaken(name)
