"""What the judge knows of an assignment, beside its source: checks, secrets, what is withheld."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.jail.kernel import CellError
from autograder.jail.limits import Limits
from autograder.judge.bench import Bench, Fault
from autograder.judge.check import Checks
from glaucam.errors import UnknownName
from glaucam.registry import unknown

JUDGES = Path(__file__).parent


@dataclass(frozen=True)
class Assignment:
    """``names``: what the student defines → the solution cell it belongs in. ``probes``: source
    sent into the jail. ``withheld``: packages, and parts of ``glaucam``, absent from the jail.
    ``warm``: source that makes things ready for the probes, once for all kernels of a run.
    ``illustrate``: a picture, on public inputs, for a check that was not passed.
    """

    id: str
    names: Mapping[str, str]
    checks: Checks
    probes: str
    secret: Callable[[int], Any]
    recognise: Callable[[CellError], Fault]
    withheld: frozenset[str] = frozenset()
    warm: str = ""
    limits: Limits = field(default_factory=Limits)
    illustrate: Callable[[str, Bench], bytes | None] = lambda id, bench: None


def judged_assignments() -> list[str]:
    """Ids of the assignments that have a judge."""
    return sorted(path.parent.name for path in JUDGES.glob("*/__init__.py"))


def load_assignment(id: str) -> Assignment:
    """The judge's side of an assignment; UnknownName lists those there are."""
    if id not in judged_assignments():
        raise UnknownName(unknown("assignment", id, judged_assignments()))
    return importlib.import_module(f"autograder.judge.{id}").ASSIGNMENT
