"""Which known mistake stands behind an exception that a student's code raised."""

from __future__ import annotations

from collections.abc import Callable

from autograder.jail.kernel import CellError
from autograder.judge.bench import Fault
from glaucam.checks.a3_misconceptions import MISCONCEPTIONS
from glaucam.checks.causes import cause_of_message


def recogniser(withheld: frozenset[str]) -> Callable[[CellError], Fault]:
    """A function CellError → Fault that knows this assignment's errors and what it withholds."""
    tops = {name.rpartition(".")[2] if name.startswith("glaucam.") else name for name in withheld}

    def recognise(error: CellError) -> Fault:
        if error.name in ("ModuleNotFoundError", "ImportError"):
            asked = [name for name in sorted(tops) if name in error.message]
            if asked:
                return Fault(
                    f"`{asked[0]}` is withheld when this assignment is graded, because it holds "
                    "the answer; use it in other cells as you like, not in a solution cell.",
                    "withheld",
                )
        if error.name == "NotImplementedError":
            return Fault("This is not written yet.", "not-written")
        name = (cause_of_message(error.message) or ("", None))[1]
        if name is not None:
            return Fault(f"Your code raised {error}. {MISCONCEPTIONS[name]}", name)
        return Fault(f"Your code raised {error}.", "raises-" + error.name.lower())

    return recognise
