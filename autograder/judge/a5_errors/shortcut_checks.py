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
    right, mistake = planted_mistake(secret.shortcuts, named(bench, secret))
    asked = sum(case.plan.planted is not None for case in secret.shortcuts)
    return counted(right, asked, mistake, f"Found in all {asked} tables.")


@CHECKS.add("shortcut.none", needs="find_shortcut")
def none(bench: Bench, secret: Secret) -> Verdict:
    """You name none where no attribute explains the calls, though one goes with the disease."""
    right, mistake = none_mistake(secret.shortcuts, named(bench, secret))
    asked = sum(case.plan.planted is None for case in secret.shortcuts)
    return counted(right, asked, mistake, "None where there is none.")


def counted(right: int, asked: int, mistake: Mistake | None, praise: str) -> Verdict:
    """Part of the points for part of the tables."""
    if mistake is None:
        return passed(praise)
    said = mistaken(mistake, f"{asked - right} of {asked} tables")
    return share_of(right, asked, said.message, said.misconception)


def named(bench: Bench, secret: Secret) -> list[Any]:
    """The answer to each table; what is no answer stays recognisable as none.

    A later table at which the function raises counts as a wrong answer.
    """
    args, arrays = shortcuts_sent(secret.shortcuts)
    came = answers(bench, "shortcuts", "all", args, arrays)
    return [read(answer) for answer in came]


def read(answer: Answer | Fault) -> Any:
    if isinstance(answer, Fault):
        return (answer.message,)
    value = answer[0]
    if not isinstance(value, dict) or "answer" not in value:
        return (f"a {value.get('other', 'nothing')}" if isinstance(value, dict) else "nothing",)
    return value["answer"]
