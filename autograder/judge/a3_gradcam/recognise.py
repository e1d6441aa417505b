"""Which known mistake stands behind an exception that a student's code raised."""

from __future__ import annotations

from collections.abc import Callable

from autograder.jail.kernel import CellError
from autograder.judge.a3_gradcam.misconceptions import MISCONCEPTIONS
from autograder.judge.bench import Fault

ERRORS = {
    "is a view and is being modified inplace": "full-backward-hook-in-place",
    "BackwardHookFunctionBackward": "full-backward-hook-in-place",
    "modified by an inplace operation": "overwritten-in-place",
    "grad can be implicitly created only for scalar": "needs-a-scalar",
    "only tensors of floating point": "no-gradient",
    "does not require grad": "no-gradient",
    "doesn't require gradient": "no-gradient",
    "Inference tensors cannot be saved": "no-gradient",
    "that requires grad. Use tensor.detach()": "needs-detach",
    "leaf Variable that requires grad": "overwritten-in-place",
    "backward through the graph a second time": "graph-freed",
    "appears to not have been used in the graph": "one-extractor-only",
    "NoneType": "gradient-is-none",
}


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
        for text, name in ERRORS.items():
            if text in error.message:
                return Fault(f"Your code raised {error}. {MISCONCEPTIONS[name]}", name)
        return Fault(f"Your code raised {error}.", "raises-" + error.name.lower())

    return recognise
