"""What a search for shortcuts answered, held against what was planted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from glaucam.checks.a5_misconceptions import known
from glaucam.checks.a5_shortcut import YES_OR_NO, Shortcut
from glaucam.checks.base import Mistake

Answers = Sequence[Any]  # a name or None for each case; anything else is no answer


def is_right(case: Shortcut, answer: Any) -> bool:
    return answer is None if case.plan.planted is None else answer == case.plan.planted


def planted_mistake(cases: Sequence[Shortcut], answers: Answers) -> tuple[int, Mistake | None]:
    """How many planted attributes were found, and the mistake behind the first that was not."""
    pairs = [(c, a) for c, a in zip(cases, answers, strict=True) if c.plan.planted is not None]
    wrong = [(c, a) for c, a in pairs if not is_right(c, a)]
    if not wrong:
        return len(pairs), None
    right = [c for c, a in pairs if is_right(c, a)]
    first = most_telling(wrong)
    return len(right), told(common_cause(right, wrong) or single_cause(*first), *first)


def none_mistake(cases: Sequence[Shortcut], answers: Answers) -> tuple[int, Mistake | None]:
    """The same where nothing is planted. Who never names an attribute has found nothing here."""
    pairs = [(c, a) for c, a in zip(cases, answers, strict=True) if c.plan.planted is None]
    wrong = [(c, a) for c, a in pairs if not is_right(c, a)]
    if all(a is None for a in answers):
        return 0, known("never-names-one", "None is right here, but you say it of every table. ")
    if not wrong:
        return len(pairs), None
    first = most_telling(wrong)
    return len(pairs) - len(wrong), told(single_cause(*first), *first)


def most_telling(wrong: Sequence[tuple[Shortcut, Any]]) -> tuple[Shortcut, Any]:
    """The wrong answer that says most: no name at all, then one that goes with nothing."""
    order = ("not-a-name", "another-attribute", "always-names-one")
    for name in order:
        for case, answer in wrong:
            if single_cause(case, answer) == name:
                return case, answer
    return wrong[0]


def common_cause(right: Sequence[Shortcut], wrong: Sequence[tuple[Shortcut, Any]]) -> str | None:
    """A mistake that shows in which cases are wrong."""
    if any(not is_answer(c, a) for c, a in wrong):
        return None
    in_order = [c.plan.in_order for c, _ in wrong]
    if right and all(c.plan.in_order for c in right) and not any(in_order):
        return "rows-not-matched"
    if any(answer is not None for _, answer in wrong):
        return None
    turned = all(c.plan.direction < 0 for c, _ in wrong)
    if turned and right and all(c.plan.direction > 0 for c in right):
        return "one-direction-only"
    worded = all(c.plan.planted in YES_OR_NO for c, _ in wrong)
    if worded and right and not any(c.plan.planted in YES_OR_NO for c in right):
        return "words-not-numbers"
    return None


def single_cause(case: Shortcut, answer: Any) -> str:
    """The mistake that one wrong answer shows."""
    if not is_answer(case, answer):
        return "not-a-name"
    if answer is None:
        return "never-names-one"
    if answer == case.plan.decoy:
        return "follows-the-label"
    return "always-names-one" if case.plan.planted is None else "another-attribute"


def is_answer(case: Shortcut, answer: Any) -> bool:
    return answer is None or (isinstance(answer, str) and answer in case.attributes.columns)


def told(name: str, case: Shortcut, answer: Any) -> Mistake:
    return known(name, f"On {case.plan.title} your answer is {str(answer)[:60]!r}. ")
