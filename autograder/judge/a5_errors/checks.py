"""The table in which all of a5's checks are filed, and how each asks for what it judges.

The rules themselves are the library's (glaucam.checks.a5_*): the notebook's checks hold a student
against them on public inputs, the judge on secret ones.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.jail.kernel import CellError, KernelLost
from autograder.judge.a5_errors.withheld import RECOGNISE
from autograder.judge.bench import Bench, Fault
from autograder.judge.check import Checks, Verdict, failed
from glaucam.checks.a5_misconceptions import MISCONCEPTIONS
from glaucam.checks.base import Mistake

CHECKS = Checks()
Answer = tuple[Any, dict[str, np.ndarray]]  # a JSON value and arrays


def answers(
    bench: Bench, probe: str, about: str, args: dict[str, Any], arrays: dict[str, np.ndarray]
) -> list[Answer | Fault]:
    """What the student's function gives for each case; asked once, whatever the outcome."""
    key = f"{probe} {about}"
    if key not in bench.memory:
        try:
            bench.memory[key] = asked(bench, probe, args, arrays)
        except (Fault, KernelLost) as failure:
            bench.memory[key] = failure
    if isinstance(bench.memory[key], Exception):
        raise bench.memory[key]
    return bench.memory[key]


def asked(
    bench: Bench, probe: str, args: dict[str, Any], arrays: dict[str, np.ndarray]
) -> list[Answer | Fault]:
    result = bench.call(probe, args, arrays)
    count = len(args["cases"])
    if not isinstance(result.value, list) or len(result.value) != count:
        raise Fault("No answer came back.", "no-answer")
    return [one(value, result.arrays, f"{i}/") for i, value in enumerate(result.value)]


def one(value: Any, arrays: dict[str, np.ndarray], prefix: str) -> Answer | Fault:
    """One case's answer with its own arrays, or the exception it met."""
    if isinstance(value, dict) and "error" in value:
        return RECOGNISE(CellError.from_wire(value["error"]))
    own = {k.removeprefix(prefix): a for k, a in arrays.items() if k.startswith(prefix)}
    return value, own


def mistaken(mistake: Mistake, title: str) -> Verdict:
    """Failed by a mistake that showed in the case of that title."""
    name = mistake.misconception or "unknown"
    where = f" See the section “{MISCONCEPTIONS[name].section}”." if name in MISCONCEPTIONS else ""
    return failed(f"In {title}: {mistake.rationale}{where}", name)


def placed(fault: Fault, title: str) -> Fault:
    """The same fault, with the case it showed in."""
    return Fault(f"In {title}: {fault.message}", fault.misconception)
