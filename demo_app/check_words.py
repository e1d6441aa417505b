"""What the *Assignments* tab says, as HTML. Everything that comes from a notebook is escaped."""

from __future__ import annotations

import base64
from collections import Counter
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from glaucam.checks.base import FAILED, NOT_CHECKABLE, PASSED, Outcome

if TYPE_CHECKING:
    from autograder.formative import Report

MARKS = {PASSED: "✓", FAILED: "✗", NOT_CHECKABLE: "–"}
PRACTICE = (
    "<p>Practice, no grade: these are the checks your notebook shows you, on public inputs. The "
    "grade is decided elsewhere, on inputs nobody sees.</p>"
)
NOTHING_YET = (
    '<p class="quiet">Drop in your notebook. It runs in a jail without a network, one notebook at '
    "a time; you will see what each check says.</p>"
)
BUSY = (
    '<p class="quiet">Your notebook waits for its turn, then runs in the jail. That takes from '
    "ten seconds to two minutes.</p>"
)
BROKE = (
    '<p class="refused" role="alert">The check failed, through no fault of yours. '
    "Drop the notebook in again; the server's log says why.</p>"
)


def limits_in_words(seconds: float, megabytes: int) -> str:
    return (
        f'<p class="quiet">At most {megabytes} MB and {seconds:.0f} s a notebook. Cells that train '
        "or plot are not run. Nothing is kept: the file is deleted when its checks are done.</p>"
    )


def switched_off(reason: str) -> str:
    """Why no notebook can be checked on this machine."""
    return (
        f'<p class="refused">Checking is switched off: {escape(reason)}. Without a jail this page '
        "runs nobody's code. Download the notebook and run its checks at home: they are the same."
        "</p>"
    )


def download_link(id: str, path: Path) -> str:
    """The student notebook inside the page, so that no path of the server is shown."""
    data = base64.b64encode(path.read_bytes()).decode()
    return (
        f'<a class="notebook" download="{escape(id)}.ipynb" '
        f'href="data:application/x-ipynb+json;base64,{data}">Download {escape(id)}.ipynb</a>'
    )


def report_in_words(report: Report) -> str:
    """How many passed, each check, and the receipt."""
    rows = "".join(outcome_in_words(outcome) for outcome in report.outcomes)
    return (
        f'<p class="verdict">{escape(count_in_words(report.outcomes))}</p>'
        f'<ul class="outcomes">{rows}</ul>{receipt(report)}'
    )


def count_in_words(outcomes: tuple[Outcome, ...]) -> str:
    counted = Counter(outcome.status for outcome in outcomes)
    told = f"{counted[PASSED]} of {len(outcomes)} checks passed"
    left = counted[NOT_CHECKABLE]
    return told + (f", {left} could not be checked." if left else ".")


def outcome_in_words(outcome: Outcome) -> str:
    """One check as a list item: its mark, its title, what is right or wrong, what to do."""
    status = outcome.status.replace(" ", "-")
    texts = [text for text in (outcome.rationale, outcome.help) if text]
    return (
        f'<li class="{status}"><span class="mark" aria-hidden="true">{MARKS[outcome.status]}</span>'
        f"<div><b>{escape(outcome.title)}</b> <code>{escape(outcome.check)}</code> "
        f"<span class='status'>{escape(outcome.status)}</span>"
        + "".join(f"<p>{escape(text)}</p>" for text in texts)
        + "</div></li>"
    )


def receipt(report: Report) -> str:
    """Which file was checked, its hash, and when."""
    rows = {
        "File": report.file,
        "SHA-256": report.sha256,
        "Checked": f"{report.time.replace('T', ' ').removesuffix('+00:00')} UTC, "
        f"{report.seconds:.0f} s",
        "Assignment": report.assignment,
    }
    cells = "".join(f"<dt>{k}</dt><dd>{escape(v)}</dd>" for k, v in rows.items())
    return f'<dl class="receipt">{cells}</dl>'
