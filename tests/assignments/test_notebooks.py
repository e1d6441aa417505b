"""Every assignment in a real kernel: the solution passes each check; the empty one fails politely.

a5 has a file of its own, for its essays.
"""

import pytest

from autograder.judge.assignment import load_assignment
from autograder.release import instructor_notebook, student_notebook
from autograder.source import assignment_ids, read_source
from tests.notebooks import executed

HERE = sorted(set(assignment_ids()) - {"a5_errors"})


@pytest.fixture(params=HERE)
def source(request):
    return read_source(request.param)


def said(notebook):
    """Check cell id → the text of its one result."""
    cells = [cell for cell in notebook.cells if cell.id.startswith("check-")]
    return {cell.id: "".join(o["data"]["text/plain"] for o in cell.outputs) for cell in cells}


def test_every_check_has_a_rule_and_every_name_a_cell(source):
    judged = load_assignment(source.id)
    assert set(source.points) == set(judged.checks)
    assert set(judged.names.values()) == set(source.solution_cells)


def test_the_setup_and_the_solutions_need_nothing_of_the_library(source):
    texts = [*source.locked_cells.values(), *source.solution_cells.values()]
    assert not any("glaucam" in text for text in texts)


def test_each_solution_cell_stands_alone(source):
    """The judge replaces one cell at a time: none may use a name that another one defines."""
    own = load_assignment(source.id).names
    for cell, text in source.solution_cells.items():
        code = "\n".join(line.split("#")[0] for line in text.splitlines())
        assert not [name for name, other in own.items() if other != cell and name in code]


def test_the_notebook_says_its_minutes_and_its_memory(source):
    text = "\n".join(cell.source for cell in source.cells if cell.cell_type == "markdown")
    assert "under 4 minutes on 2 CPU cores" in text
    assert " GB of memory" in text
    assert "GLAUCAM_QUICK=1" in text


@pytest.mark.slow
def test_the_solution_runs_and_passes_every_check(source, tmp_path):
    outcomes = said(executed(instructor_notebook(source), tmp_path))
    assert len(outcomes) == len(source.points)
    assert {name: text for name, text in outcomes.items() if " passed" not in text} == {}


@pytest.mark.slow
def test_the_empty_notebook_fails_politely(source, tmp_path):
    outcomes = said(executed(student_notebook(source), tmp_path, allow_errors=True))
    assert len(outcomes) == len(source.points)
    assert all(" failed" in text and "Not written yet." in text for text in outcomes.values())
