"""The table in which all of a2's checks are filed, and the words they share."""

from __future__ import annotations

from autograder.judge.check import Checks, Verdict, failed
from glaucam.checks.a2_misconceptions import MISCONCEPTIONS

CHECKS = Checks()


def mistaken(id: str, before: str = "") -> Verdict:
    """Failed by a known mistake, in its words."""
    return failed(f"{before}{MISCONCEPTIONS[id]}", id)


def unknown(what: str, section: str) -> Verdict:
    """Failed in a way that matches no mistake we know."""
    return failed(
        f"{what} differs from the reference, in a way that matches no mistake we know. Work the "
        f"small case in the section “{section}” again, by hand and with your code.",
        "unknown",
    )
