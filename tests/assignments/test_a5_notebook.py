"""a5 in a real kernel: the solution passes every check; essays wait for a person."""

import copy
import os
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from nbgrader.utils import determine_grade

from autograder.gradebook.preprocessors import graded_notebook, summary
from autograder.gradebook.record import Recorder
from autograder.judge.check import could_not_check, passed
from autograder.pipeline import Judgement
from autograder.release import instructor_notebook, student_notebook
from autograder.source import read_source
from autograder.submission import Submission, find_answers, notebook_cells
from tests.notebooks import executed

ESSAYS = {"analysis": 4, "cause": 3, "refute": 3}


@pytest.fixture(scope="module")
def source():
    return read_source("a5_errors")


def said(notebook):
    """Check cell id → the text of its one result."""
    cells = [cell for cell in notebook.cells if cell.id.startswith("check-")]
    return {cell.id: "".join(o["data"]["text/plain"] for o in cell.outputs) for cell in cells}


def printed(notebook, id):
    (cell,) = [cell for cell in notebook.cells if cell.id == id]
    return "".join(output.get("text", "") for output in cell.outputs)


def test_cells_are_the_contract(source):
    assert list(source.solution_cells) == ["error_table", "summary", "shortcut"]
    assert list(source.locked_cells) == ["setup"]
    assert sum(source.points.values()) == 35
    assert not any("glaucam" in text for text in source.solution_cells.values())


def test_essays_are_answers_without_their_model_in_the_release(source):
    cells = {cell.id: cell for cell in student_notebook(source).cells}
    for id, points in ESSAYS.items():
        cell = cells[f"answer-{id}"]
        assert "YOUR ANSWER HERE" in cell.source
        assert "model answer" not in cell.source
        marks = cell.metadata.nbgrader
        assert (marks.grade, marks.solution, marks.points) == (True, True, points)


@pytest.mark.slow
def test_the_solution_runs_passes_and_unmasks_the_horse(source, tmp_path):
    notebook = executed(instructor_notebook(source), tmp_path)
    outcomes = said(notebook)
    assert len(outcomes) == 13
    assert {name: text for name, text in outcomes.items() if " passed" not in text} == {}
    assert printed(notebook, "local-unmask").strip() == "the horse uses: corner_label"


@pytest.mark.slow
def test_the_empty_notebook_fails_politely(source, tmp_path):
    outcomes = said(executed(student_notebook(source), tmp_path, allow_errors=True))
    assert len(outcomes) == 13
    assert all(" failed" in text and "Not written yet." in text for text in outcomes.values())


@pytest.mark.slow
@pytest.mark.realdata
def test_one_line_changes_the_eyes_to_real_photos(source, tmp_path):
    root = os.environ.get("GLAUCAM_REAL_DATA")
    if not root:
        pytest.skip("GLAUCAM_REAL_DATA is not set")
    notebook = instructor_notebook(source)
    line = 'DATA = "phantom_disc"'
    (cell,) = [cell for cell in notebook.cells if line in cell.source]
    cell.source = cell.source.replace(line, f"DATA = {str(Path(root) / 'acrima')!r}")
    outcomes = said(executed(notebook, tmp_path))
    assert all(" passed" in text for text in outcomes.values())


def test_essays_wait_for_a_person_and_blank_ones_do_not(source, tmp_path):
    """A written answer needs a manual grade; one left as released gets 0; points then add up."""
    handed = copy.deepcopy(student_notebook(source))
    for cell in handed.cells:
        if cell.id in ("answer-analysis", "answer-cause"):
            cell.source = cell.source.replace("YOUR ANSWER HERE", "Seven eyes were missed <b>.")
    answers = find_answers(source, Submission(tuple(notebook_cells(handed))), {})
    checks = [id for id in source.points if id not in ESSAYS]
    judgement = Judgement({id: passed("Right.") for id in checks})
    recorder = Recorder(source, tmp_path)
    recorder.register()
    folder = tmp_path / "submitted" / "ada" / "a5_errors"
    folder.mkdir(parents=True)
    notebook = graded_notebook(source, answers, judgement)
    recorder.record("ada", notebook, folder)
    with Gradebook(f"sqlite:///{tmp_path / 'gradebook.db'}") as gradebook:

        def grade(id):
            return gradebook.find_grade(id, "a5_errors", "a5_errors", "ada")

        waiting = {id: grade(id).needs_manual_grade for id in ESSAYS}
        assert waiting == {"analysis": True, "cause": True, "refute": False}
        assert grade("refute").score == 0
        assert gradebook.find_submission("a5_errors", "ada").score == 25
        grade("analysis").manual_score = 3.5
        gradebook.db.commit()
        assert gradebook.find_submission("a5_errors", "ada").score == 28.5
    page = (tmp_path / "feedback" / "ada" / "a5_errors" / "a5_errors.html").read_text()
    assert "Seven eyes were missed" in page


def test_a_graded_notebook_keeps_the_essays_as_they_were_written(source):
    answers = find_answers(source, Submission(tuple(notebook_cells(student_notebook(source)))), {})
    notebook = graded_notebook(source, answers, Judgement({}))
    (cell,) = [c for c in notebook.cells if c.id == "answer-refute"]
    assert determine_grade(cell)[0] == 0


def test_what_could_not_be_checked_is_told_beside_the_points(source):
    first, second, *_ = [id for id in source.points if id not in ESSAYS]
    verdicts = {first: passed("Right."), second: could_not_check("the jail did not start")}
    text = summary(source, Judgement(verdicts)).source
    assert f"**{source.points[second]:g} points are still open**" in text
    assert "still open" not in summary(source, Judgement({first: passed("Right.")})).source
