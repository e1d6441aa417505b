"""The checks of a5's `error_table` cell."""

from __future__ import annotations

from collections.abc import Callable

from autograder.judge.a5_errors.checks import CHECKS, answers, mistaken, placed
from autograder.judge.a5_errors.secret import Secret
from autograder.judge.a5_errors.sent import situations_sent
from autograder.judge.bench import Bench, Fault
from autograder.judge.check import Rule, Verdict, passed
from glaucam.checks import a5_error_table as rules
from glaucam.checks.a5_misconceptions import MISCONCEPTIONS
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

    Maps without heat stand in one table, which `error_table.no_heat` alone looks at. An exception
    there costs that check alone; on a later table than the first, `error_table.table` alone.
    """

    def check(bench: Bench, secret: Secret) -> Verdict:
        situations = [*secret.situations, secret.cold]
        args, arrays = situations_sent(situations)
        args["columns"] = list(COLUMNS)
        came = answers(bench, "error_tables", "all", args, arrays)
        praise = ""
        for situation, answer in zip(situations, came, strict=True):
            if (situation is secret.cold) != (what == "no_heat"):
                continue
            if isinstance(answer, Fault):
                if what == "no_heat":
                    raise placed(stopped_by_cold(answer), situation.title)
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


def stopped_by_cold(fault: Fault) -> Fault:
    """What an exception means that only maps without heat bring about."""
    if fault.misconception in MISCONCEPTIONS and fault.misconception != "empty-group-raises":
        return fault
    return Fault(f"{fault.message} {MISCONCEPTIONS['no-heat-raises']}", "no-heat-raises")


for what, rule in RULES.items():
    CHECKS.add(f"error_table.{what}", needs="error_table")(table_check(what, rule))
