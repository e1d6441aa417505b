"""The formative checks of a2: the solution passes; every entry of the bank is judged rightly."""

import contextlib
import io
import re
from pathlib import Path

import pytest
import torch

from autograder.source import read_source
from autograder.verify import BANK, read_bank
from glaucam.checks import a2_train as checks
from glaucam.checks.a2_misconceptions import MISCONCEPTIONS
from glaucam.checks.base import FAILED, PASSED

SOURCE = read_source("a2_train")
SETUP = SOURCE.locked_cells["setup"]
NAMES = {"model": "RetinalCNN", "training": "train_one_epoch",
         "operating_point": "operating_point", "report": "report"}  # fmt: skip
LESSON = "training.learns"  # takes seconds: for the solution and one loop that does nothing
BANKED = [entry for entry in read_bank(BANK / "a2_train") if entry.kind != "attack"]


def outcomes(cells):
    """Check id → outcome, for every check of the cells given (id → text; "" for added cells)."""
    namespace = {}
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        for text in (SETUP, *cells.values()):
            exec(text, namespace)
        found = {}
        for id in SOURCE.points:
            cell = id.split(".")[0]
            if cell in cells and id != LESSON:
                found[id] = getattr(checks, id.replace(".", "_"))(namespace[NAMES[cell]])
                torch.set_grad_enabled(True)  # one chaff leaves it off
    return found


@pytest.mark.parametrize("check_id", SOURCE.points)
def test_the_solution_passes(check_id):
    cell = check_id.split(".")[0]
    namespace = {}
    exec(SETUP + "\n" + SOURCE.solution_cells[cell], namespace)
    outcome = getattr(checks, check_id.replace(".", "_"))(namespace[NAMES[cell]])
    assert outcome.status == PASSED, outcome
    assert outcome.check == check_id
    assert outcome.rationale


@pytest.mark.parametrize("entry", BANKED, ids=[e.name for e in BANKED])
def test_every_entry_of_the_bank(entry):
    found = outcomes({cell.id or "": cell.source for cell in entry.cells.cells})
    lost = {id: outcome for id, outcome in found.items() if not outcome.passed}
    if entry.kind == "wheat":
        assert lost == {}
        return
    assert all(outcome.status == FAILED for outcome in lost.values())
    assert entry.says in [outcome.misconception for outcome in lost.values()], lost
    assert all(outcome.rationale for outcome in lost.values())


FORM = {"order-in-block", "other-activation", "places-summed", "other-pool", "average-pooled",
        "random-in-eval"}  # fmt: skip
FORMED = [entry for entry in BANKED if entry.says in FORM]


@pytest.mark.parametrize("entry", FORMED, ids=[e.name for e in FORMED])
def test_a_wrong_form_is_not_taken_for_a_mistake_of_the_gradients(entry):
    found = outcomes({cell.id or "": cell.source for cell in entry.cells.cells})
    lost = {id: outcome.misconception for id, outcome in found.items() if not outcome.passed}
    assert set(lost.values()) == {entry.says}


def test_a_loop_that_does_nothing_teaches_nothing():
    outcome = checks.training_learns(lambda model, loader, optimiser, loss: 0.5)
    assert (outcome.status, outcome.misconception) == (FAILED, "does-not-learn")


@pytest.mark.parametrize("check_id", SOURCE.points)
def test_unwritten_code_is_told_as_such(check_id):
    def unwritten(*args):
        raise NotImplementedError("this part is yours to write")

    outcome = getattr(checks, check_id.replace(".", "_"))(unwritten)
    assert (outcome.status, outcome.rationale) == (FAILED, "Not written yet.")


@pytest.mark.parametrize("fault", [ZeroDivisionError("division by zero"), SystemExit(3)])
@pytest.mark.parametrize("check_id", SOURCE.points)
def test_student_errors_never_escape(check_id, fault):
    def broken(*args):
        raise fault

    outcome = getattr(checks, check_id.replace(".", "_"))(broken)
    assert outcome.status == FAILED
    assert type(fault).__name__ in outcome.rationale + outcome.help


def test_every_known_mistake_can_be_met_somewhere():
    """A name that no rule gives would be words without a use."""
    folder = Path(checks.__file__).parent
    rules = "".join(path.read_text() for path in folder.glob("a2_*.py")
                    if path.stem != "a2_misconceptions")  # fmt: skip
    judge = Path(__file__).parents[2] / "autograder" / "judge" / "a2_train"
    rules += "".join(path.read_text() for path in judge.glob("*.py"))
    given = set(
        re.findall(r'"([a-z0-9]+(?:-[a-z0-9]+)+|youden|complement|percent|rounded)"', rules)
    )
    assert set(MISCONCEPTIONS) - given == set()
