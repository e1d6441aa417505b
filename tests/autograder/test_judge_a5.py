"""The judge of a5 on its whole bank, without a jail: the bank is ours, so it may run here.

`python -m autograder verify a5_errors` grades the same entries through the real pipeline.
"""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from autograder.jail import frames
from autograder.jail.kernel import CallResult, CellError
from autograder.judge.assignment import load_assignment
from autograder.judge.bench import Fault
from autograder.judge.check import PASSED, run_check
from autograder.source import read_source
from autograder.verify import BANK, Entry, complaint, read_bank
from glaucam.checks.a5_misconceptions import ERRORS, MISCONCEPTIONS

A5 = load_assignment("a5_errors")
SOURCE = read_source("a5_errors")
ENTRIES = read_bank(BANK / "a5_errors")
HARMLESS = [entry for entry in ENTRIES if entry.kind != "attack"]
SEEDS = (0, 1, 2, 3, 4)
FEW = (0, 4)  # seeds for the whole bank; `verify --seed` grades it at others


class OpenBench:
    """A bench whose kernel is this process: cells and probes run as they would in the jail."""

    def __init__(self, cells: list[str]) -> None:
        self.namespace: dict = {}
        self.memory: dict = {}
        self.probes: dict = {"__name__": "probes"}
        for text in cells:
            exec(text, self.namespace)
        exec(A5.probes, self.probes)

    def missing(self, name: str) -> Fault | None:
        if callable(self.namespace.get(name)):
            return None
        return Fault(f"`{name}` is not defined.", "not-defined")

    def call(self, probe: str, args: dict, arrays: dict[str, np.ndarray]) -> CallResult:
        try:
            value, out = self.probes[probe](self.namespace, args, arrays)
        except Exception as error:
            raised = CellError(type(error).__name__, str(error)[:400])
            if "glaucam" in raised.message or isinstance(error, ImportError):
                raised = CellError("ImportError", raised.message)
            raise A5.recognise(raised) from error
        data = frames.encode({"value": value}, out)
        head, body = frames.lengths(data[:8])
        header, out = frames.decode(data[8 : 8 + head], data[8 + head : 8 + head + body])
        return CallResult(header["value"], out)


def judged(entry: Entry | None, seed: int) -> dict:
    """Check id → verdict for the cells an entry replaces, or for all of the solution's."""
    cells = dict(SOURCE.solution_cells)
    before = []
    for cell in entry.cells.cells if entry else ():
        if cell.kind == "solution":
            cells[cell.id] = cell.source
        else:
            before.append(cell.source)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        bench = OpenBench([*SOURCE.locked_cells.values(), *before, *cells.values()])
        secret = A5.secret(seed)
        own = {c.id for c in entry.cells.cells} if entry else set(cells)
        checks = [c for c in A5.checks.values() if c.cell in own]
        return {c.id: run_check(c, bench, secret, lambda id, bench: None) for c in checks}


@pytest.mark.parametrize("seed", SEEDS)
def test_the_solution_passes(seed: int) -> None:
    verdicts = judged(None, seed)
    assert {id: v.message for id, v in verdicts.items() if v.outcome != PASSED} == {}


@pytest.mark.parametrize("seed", FEW)
def test_the_bank_gets_what_it_deserves(seed: int) -> None:
    """A withheld import cannot fail here, where nothing is withheld."""
    broken = []
    for entry in HARMLESS:
        if entry.says == "withheld":
            continue
        verdicts = judged(entry, seed)
        lost = [id for id, v in verdicts.items() if v.outcome != PASSED]
        named = [verdicts[id].misconception for id in lost]
        said = entry.says if entry.says in named else next(iter(named), "")
        if why := complaint(entry, lost, said, 0, {}):
            broken.append(f"{entry.kind} {entry.name}: {why}")
        told = " ".join(verdict.message for verdict in verdicts.values())
        if "Expected" in told:
            broken.append(f"{entry.name}: the answer to a secret table is told: {told}")
    assert broken == []


def test_points_are_those_of_the_contract() -> None:
    assert sum(SOURCE.points[id] for id in A5.checks) == 25
    essays = {id: p for id, p in SOURCE.points.items() if id not in A5.checks}
    assert essays == {"analysis": 4, "cause": 3, "refute": 3}


def test_the_bank_is_large_enough() -> None:
    kinds = [entry.kind for entry in ENTRIES]
    assert kinds.count("wheat") >= 10
    assert kinds.count("chaff") >= 25
    assert kinds.count("attack") >= 5


def test_every_chaff_says_a_mistake_that_has_words() -> None:
    elsewhere = {"withheld", "not-written", "not-defined"}
    said = {e.says for e in ENTRIES if e.kind == "chaff" and not e.says.startswith("raises-")}
    assert said - elsewhere <= set(MISCONCEPTIONS)
    assert set(ERRORS.values()) <= set(MISCONCEPTIONS)


def test_every_attack_says_what_harm_it_does_elsewhere() -> None:
    for path in sorted((BANK / "a5_errors" / "attack").glob("*.py")):
        assert "\n# harm: " in path.read_text(encoding="utf-8"), path.name
