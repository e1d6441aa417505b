"""Checks: what they are, what they conclude, how one is run so that nothing falls with it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from autograder.jail.kernel import JailBroken, KernelLost
from autograder.judge.bench import Bench, Fault

PASSED, PARTIAL, FAILED, NOT_CHECKABLE = "passed", "partial", "failed", "not checkable"
OUTCOMES = (PASSED, PARTIAL, FAILED, NOT_CHECKABLE)
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Verdict:
    """What the judge concludes from one check.

    ``fraction`` of the points in [0,1]; ``message`` is read by the student; ``misconception`` is
    the kebab-case name of the mistake, or ""; ``picture`` is PNG bytes of a public input, or None.
    """

    outcome: str
    fraction: float
    message: str
    misconception: str = ""
    picture: bytes | None = None


def passed(message: str) -> Verdict:
    return Verdict(PASSED, 1.0, message)


def failed(message: str, misconception: str = "", picture: bytes | None = None) -> Verdict:
    return Verdict(FAILED, 0.0, message, misconception, picture)


def share_of(right: int, asked: int, message: str, misconception: str = "") -> Verdict:
    """Passed, partial or failed by how many of the asked cases are right."""
    if right == asked:
        return passed(message)
    outcome = PARTIAL if right else FAILED
    return Verdict(outcome, round(right / asked, 4), message, misconception)


Rule = Callable[[Bench, Any], Verdict]


@dataclass(frozen=True)
class Check:
    """One graded question: ``rule(bench, secret)`` decides; ``needs`` is the name it asks for."""

    id: str
    needs: str
    rule: Rule

    @property
    def cell(self) -> str:
        return self.id.partition(".")[0]

    @property
    def reads(self) -> str:
        """What the student reads above the verdict: the rule's docstring."""
        return (self.rule.__doc__ or "").strip()


class Checks(dict[str, Check]):
    """The checks of one assignment, by id, in the order they are made."""

    def add(self, id: str, needs: str) -> Callable[[Rule], Rule]:
        def file(rule: Rule) -> Rule:
            self[id] = Check(id, needs, rule)
            return rule

        return file


Illustrate = Callable[[str, Bench], bytes | None]


def run_check(check: Check, bench: Bench, secret: Any, illustrate: Illustrate) -> Verdict:
    """Run one check. A student's fault fails it; ours makes it not checkable, never a zero.

    Wrong numbers get a picture on a public input from ``illustrate``, where it can draw one.
    """
    try:
        if (why := bench.missing(check.needs)) is not None:
            return failed(why.message, why.misconception)
        verdict = check.rule(bench, secret)
        if verdict.outcome != PASSED:
            return replace(verdict, picture=illustrate(check.id, bench))
        return verdict
    except Fault as fault:
        return failed(fault.message, fault.misconception)
    except KernelLost as lost:
        return failed(f"This could not be finished: {lost}.", "kernel-lost")
    except JailBroken as broken:
        return could_not_check(f"the jail did not start ({broken})")
    except Exception as error:
        log.exception("check %s broke", check.id)
        return could_not_check(f"a fault of ours ({type(error).__name__})")


def could_not_check(why: str) -> Verdict:
    return Verdict(NOT_CHECKABLE, 0.0, f"Could not be checked: {why}. It costs you nothing yet.")
