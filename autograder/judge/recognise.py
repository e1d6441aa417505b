"""Which known mistake stands behind an exception that a student's code raised."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from autograder.jail.kernel import CellError
from autograder.judge.bench import Fault

Named = Callable[[str], str | None]


def recogniser_of(
    withheld: frozenset[str], words: Mapping[str, object], named: Named
) -> Callable[[CellError], Fault]:
    """A function CellError → Fault that knows an assignment's errors and what it withholds.

    ``named``: an exception's message → the name of a mistake in ``words``, or None.
    """
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
        if (name := named(error.message)) is not None:
            return Fault(f"Your code raised {error}. {words[name]}", name)
        return Fault(f"Your code raised {error}.", "raises-" + error.name.lower())

    return recognise
