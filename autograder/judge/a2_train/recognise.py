"""Which known mistake stands behind an exception that a student's code raised."""

from __future__ import annotations

import re
from collections.abc import Callable

from autograder.jail.kernel import CellError
from autograder.judge.bench import Fault
from glaucam.checks.a2_causes import CAUSES
from glaucam.checks.a2_misconceptions import MISCONCEPTIONS


def recogniser(withheld: frozenset[str]) -> Callable[[CellError], Fault]:
    """A function CellError → Fault that knows this assignment's errors and what it withholds."""

    def recognise(error: CellError) -> Fault:
        if error.name in ("ModuleNotFoundError", "ImportError"):
            asked = [name for name in sorted(withheld) if name in error.message]
            if asked:
                return Fault(
                    f"`{asked[0]}` is withheld when this assignment is graded, because it holds "
                    "the answer; use it in other cells as you like, not in a solution cell.",
                    "withheld",
                )
        for pattern, name in CAUSES:
            if re.search(pattern, error.message):
                return Fault(f"Your code raised {error}. {MISCONCEPTIONS[name]}", name)
        if error.name == "NotImplementedError":
            return Fault("This is not written yet.", "not-written")
        return Fault(f"Your code raised {error}.", "raises-" + error.name.lower())

    return recognise
