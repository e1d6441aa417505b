"""The checks of a5's `shortcut` cell. Error tables and attributes are the judge's own."""

from __future__ import annotations

from typing import Any

from autograder.judge.a5_errors.checks import CHECKS, Answer, answers, mistaken
from autograder.judge.a5_errors.secret import Secret
from autograder.judge.a5_errors.sent import shortcuts_sent
from autograder.judge.bench import Bench, Fault
from autograder.judge.check import Verdict, passed, share_of
from glaucam.checks.a5_shortcut_answers import none_mistake, planted_mistake
from glaucam.checks.base import Mistake


@CHECKS.add("shortcut.planted", needs="find_shortcut")
def planted(bench: Bench, secret: Secret) -> Verdict:
    """You name the attribute that decides the model's calls, whichever way it pushes."""
    given = named(bench, secret)
    right, mistake = planted_mistake(secret.shortcuts, values(given))
    asked = sum(case.plan.planted is not None for case in secret.shortcuts)
    return counted(
        right, asked, mistake and (raised(given) or mistake), f"Found in all {asked} tables."
    )


@CHECKS.add("shortcut.none", needs="find_shortcut")
def none(bench: Bench, secret: Secret) -> Verdict:
    """You name none where no attribute explains the calls, though one goes with the disease."""
    given = named(bench, secret)
    right, mistake = none_mistake(secret.shortcuts, values(given))
    asked = sum(case.plan.planted is None for case in secret.shortcuts)
    return counted(
        right, asked, mistake and (raised(given) or mistake), "None where there is none."
    )


def counted(right: int, asked: int, mistake: Mistake | Fault | None, praise: str) -> Verdict:
    """Part of the points for part of the tables."""
    if mistake is None:
        return passed(praise)
    wrong = f"{asked - right} of {asked} tables"
    if isinstance(mistake, Fault):
        return share_of(right, asked, f"In {wrong}: {mistake.message}", mistake.misconception)
    said = mistaken(mistake, wrong)
    return share_of(right, asked, said.message, said.misconception)


def named(bench: Bench, secret: Secret) -> list[Any]:
    """The answer to each table, or the Fault it raised."""
    args, arrays = shortcuts_sent(secret.shortcuts)
    came = answers(bench, "shortcuts", "all", args, arrays)
    return [answer if isinstance(answer, Fault) else read(answer) for answer in came]


def read(answer: Answer) -> Any:
    """A name or None; what is neither, as a tuple that equals no answer."""
    value = answer[0] if isinstance(answer[0], dict) else {}
    if "answer" in value:
        return value["answer"]
    return (f"a {str(value.get('other', 'nothing'))[:60]}",)


def values(given: list[Any]) -> list[Any]:
    """The answers; an exception counts as a wrong one."""
    return [("an exception",) if isinstance(answer, Fault) else answer for answer in given]


def raised(given: list[Any]) -> Fault | None:
    """The first exception among the answers."""
    return next((answer for answer in given if isinstance(answer, Fault)), None)
