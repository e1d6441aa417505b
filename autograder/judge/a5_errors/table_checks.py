"""The checks of a5's `error_table` cell."""

from __future__ import annotations

from collections.abc import Callable

from autograder.judge.a5_errors.checks import CHECKS, answers, mistaken, placed
from autograder.judge.a5_errors.secret import Secret
from autograder.judge.a5_errors.sent import situations_sent
from autograder.judge.bench import Bench, Fault
from autograder.judge.check import Rule, Verdict, passed
from glaucam.checks import a5_error_table as rules
from glaucam.checks.a5_returned import Aligned, Returned, aligned
from glaucam.checks.a5_situation import COLUMNS, Situation
from glaucam.checks.base import Mistake

TableRule = Callable[[Aligned, Situation], str]
RULES: dict[str, TableRule] = {
    "table": rules.rows_are_right,
    "decision": rules.decision_is_right,
    "group": rules.group_is_right,
    "confidence": rules.confidence_is_right,
    "band": rules.band_is_right,
    "share": rules.share_is_right,
    "lift": rules.lift_is_right,
    "no_heat": rules.no_heat_is_right,
}


def table_check(what: str, rule: TableRule) -> Rule:
    """A check that holds every table that came against one rule.

    An exception on a later table than the first costs `error_table.table` alone.
    """

    def check(bench: Bench, secret: Secret) -> Verdict:
        args, arrays = situations_sent(secret.situations)
        args["columns"] = list(COLUMNS)
        came = answers(bench, "error_tables", "all", args, arrays)
        praise = ""
        for situation, answer in zip(secret.situations, came, strict=True):
            if isinstance(answer, Fault):
                if what == "table":
                    raise placed(answer, situation.title)
                continue
            try:
                praise = rule(aligned(Returned.read(*answer), situation.names), situation)
            except Mistake as mistake:
                return mistaken(mistake, situation.title)
        return passed(praise)

    check.__doc__ = rule.__doc__
    return check


for what, rule in RULES.items():
    CHECKS.add(f"error_table.{what}", needs="error_table")(table_check(what, rule))
