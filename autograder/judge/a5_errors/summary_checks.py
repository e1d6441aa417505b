"""The checks of a5's `summary` cell. The error tables summed up are the judge's own."""

from __future__ import annotations

from collections.abc import Callable

from autograder.judge.a5_errors.checks import CHECKS, answers, mistaken, placed
from autograder.judge.a5_errors.secret import Secret
from autograder.judge.a5_errors.sent import tables_sent
from autograder.judge.bench import Bench, Fault
from autograder.judge.check import Rule, Verdict, passed
from glaucam.checks.a5_returned import Returned
from glaucam.checks.a5_summary import (
    COLUMNS,
    Summed,
    empty_is_right,
    groups_are_right,
    means_are_right,
)
from glaucam.checks.base import Mistake

SummaryRule = Callable[[Returned, Summed], str]


PAID_IN_MEANS = {  # what is wrong with the means → what then stands in an empty or cold group
    ("sum-for-mean", "zero-for-empty-group"),
    ("nan-counted-as-zero", "number-for-no-heat"),
    ("mean-of-all", "number-for-no-heat"),
}


def summary_check(what: str, which: str, rule: SummaryRule) -> Rule:
    """A check that holds the summaries of the ``full``, or the ``hollow``, tables to one rule."""

    def check(bench: Bench, secret: Secret) -> Verdict:
        tables: list[Summed] = getattr(secret, which)
        args, arrays = tables_sent([t.table for t in tables])
        args["columns"] = list(COLUMNS)
        praise = ""
        came = answers(bench, "summaries", which, args, arrays)
        for asked, answer in zip(tables, came, strict=True):
            if isinstance(answer, Fault):
                raise placed(answer, asked.title)
            try:
                praise = rule(Returned.read(*answer), asked)
            except Mistake as mistake:
                name = mistake.misconception
                if (bench.memory.get("means"), name) in PAID_IN_MEANS:
                    return passed("This follows from what `summary.means` has charged.")
                bench.memory[what] = name
                return mistaken(mistake, asked.title)
        return passed(praise)

    check.__doc__ = rule.__doc__
    return check


CHECKS.add("summary.groups", needs="group_summary")(
    summary_check("groups", "full", groups_are_right)
)
CHECKS.add("summary.means", needs="group_summary")(summary_check("means", "full", means_are_right))
CHECKS.add("summary.empty", needs="group_summary")(summary_check("empty", "hollow", empty_is_right))
