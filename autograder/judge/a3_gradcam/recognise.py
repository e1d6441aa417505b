"""Which known mistake of a3 stands behind an exception that a student's code raised."""

from __future__ import annotations

from collections.abc import Callable

from autograder.jail.kernel import CellError
from autograder.judge.bench import Fault
from autograder.judge.recognise import recogniser_of
from glaucam.checks.a3_misconceptions import MISCONCEPTIONS
from glaucam.checks.causes import cause_of_message


def recogniser(withheld: frozenset[str]) -> Callable[[CellError], Fault]:
    """A function CellError → Fault that knows this assignment's errors and what it withholds."""
    return recogniser_of(
        withheld, MISCONCEPTIONS, lambda message: (cause_of_message(message) or ("", None))[1]
    )
