"""What all formative checks share: outcomes, and a decorator that never lets a mistake escape."""

from __future__ import annotations

import functools
import html
import inspect
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from glaucam.checks.causes import likely_cause

PASSED, FAILED, NOT_CHECKABLE = "passed", "failed", "not checkable"
_MARKS = {PASSED: "✓", FAILED: "✗", NOT_CHECKABLE: "–"}
_COLOURS = {PASSED: "#0b6e75", FAILED: "#a3341f", NOT_CHECKABLE: "#5b6475"}


@dataclass(frozen=True)
class Outcome:
    """What a check found. ``rationale``: what is right or wrong. ``help``: what to do next.

    ``misconception``: the kebab-case name of the mistake, where it was recognised.
    """

    check: str
    status: str
    title: str
    rationale: str = ""
    help: str = ""
    misconception: str | None = None

    @property
    def passed(self) -> bool:
        return self.status == PASSED

    def __repr__(self) -> str:
        lines = [f"{_MARKS[self.status]} {self.check} {self.status}: {self.title}"]
        return "\n".join(lines + [f"  {text}" for text in (self.rationale, self.help) if text])

    def _repr_html_(self) -> str:
        colour = _COLOURS[self.status]
        head = f"{_MARKS[self.status]} <code>{html.escape(self.check)}</code> {self.status}"
        parts = [f"<b style='color:{colour}'>{head}</b> · {html.escape(self.title)}"]
        parts += [html.escape(text) for text in (self.rationale, self.help) if text]
        style = f"border-left:4px solid {colour};padding:.3em .8em;margin:.3em 0;max-width:46em"
        return f'<div style="{style}">{"<br>".join(parts)}</div>'


class Mistake(Exception):
    """A check's finding: what is wrong and why it is tempting, what to do, the mistake's name."""

    def __init__(self, rationale: str, help: str = "", misconception: str | None = None) -> None:
        super().__init__(rationale)
        self.rationale, self.help, self.misconception = rationale, help, misconception


class StudentError(Exception):
    """The student's code raised. Holds what it raised."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(str(error))
        self.error = error


def student(function: Callable[..., Any], *args: Any) -> Any:
    """Call the student's code; whatever it raises is its own fault, not the check's."""
    try:
        return function(*args)
    except (Exception, SystemExit) as error:
        raise StudentError(error) from error


def student_with(
    causes: Sequence[tuple[str, str]], known: Callable[[str], Mistake], function: Any, *args: Any
) -> Any:
    """``student``, with errors of known cause, (pattern, mistake's name), told as that mistake."""
    try:
        return student(function, *args)
    except StudentError as raised:
        for pattern, name in causes:
            if re.search(pattern, str(raised.error)):
                said = f"Your code stopped with {_last_line(raised.error)}. "
                mistake = known(name)
                raise Mistake(said + mistake.rationale, mistake.help, name) from raised
        raise


def formative(check_id: str) -> Callable[[Callable[..., str]], Callable[..., Outcome]]:
    """Turn a function that returns praise, or raises Mistake, into a check that returns Outcome.

    The function's docstring is what the student reads as the check's title.
    """

    def decorate(function: Callable[..., str]) -> Callable[..., Outcome]:
        title = (inspect.getdoc(function) or "").split("\n", 1)[0]

        @functools.wraps(function)
        def check(*args: Any) -> Outcome:
            return Outcome(check_id, *_judged(function, args, title))

        check.check_id = check_id  # type: ignore[attr-defined]
        return check

    return decorate


def _judged(function: Callable[..., str], args: tuple, title: str) -> tuple:
    try:
        return PASSED, title, function(*args)
    except Mistake as mistake:
        return FAILED, title, mistake.rationale, mistake.help, mistake.misconception
    except StudentError as raised:
        return FAILED, title, *_about(raised.error)
    except Exception as error:  # our own fault: said so, and never held against the student
        why = f"The check itself could not run ({_last_line(error)})."
        return NOT_CHECKABLE, title, why, "This is not your mistake: `glaucam doctor` may help."


def _about(error: BaseException) -> tuple[str, str, str | None]:
    if isinstance(error, NotImplementedError):
        return (
            "Not written yet.",
            "Replace the lines below `# YOUR CODE HERE`, run, check again.",
            None,
        )
    cause, misconception = likely_cause(error)
    return f"Your code stopped with {_last_line(error)}", cause, misconception


def _last_line(error: BaseException) -> str:
    text = str(error).strip().splitlines()
    return f"{type(error).__name__}: {text[0]}" if text else type(error).__name__
