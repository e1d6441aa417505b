"""A small class, graded once for all tests of the term: right, wrong, unreadable, hostile."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbgrader.api import Gradebook

from autograder.__main__ import main
from autograder.grade import grade
from autograder.release import instructor_notebook, student_notebook
from autograder.source import AssignmentSource, grade_id, read_source
from autograder.verify import BANK, read_entry

ID = "a5_errors"
SEED = 5
ESSAYS = ("analysis", "cause", "refute")
FOLDER = "@eve<i>"  # what a hostile student is called
HOSTILE = "@eve%3Ci%3E"  # and how the books know them
TIMES = {
    "ann": "2026-03-01 22:59:59.123456 UTC",  # 23:59:59 in Berlin: the last minute
    "bob": "2026-03-02 10:00:00 UTC",
    FOLDER: "2026-03-05 12:00:00 UTC",
}


@dataclass(frozen=True)
class Run:
    """A folder of hand-ins, and the folder they were graded into."""

    submitted: Path
    out: Path

    def command(self, *words: object) -> int:
        """``python -m autograder …`` in this process; its exit code."""
        return main([str(word) for word in words])

    @property
    def db_url(self) -> str:
        return f"sqlite:///{self.out / 'gradebook.db'}"

    def read_essay(self, student: str, cell: str, points: float, comment: str = "") -> None:
        """What formgrader does when a person gives points and a comment."""
        with Gradebook(self.db_url) as gradebook:
            mark = gradebook.find_grade(grade_id(cell), ID, ID, student)
            mark.manual_score, mark.needs_manual_grade = points, False
            if comment:
                gradebook.find_comment(cell, ID, ID, student).manual_comment = comment
            gradebook.db.commit()


def solved(source: AssignmentSource, *, entry: str = "", essay: str = "") -> NotebookNode:
    """The solved notebook with a chaff's cells in it, and an essay for every model answer."""
    notebook = instructor_notebook(source)
    texts = {}
    if entry:
        cells = read_entry(BANK / ID / "chaff" / f"{entry}.py", "chaff").cells
        texts = cells.solution_cells
    for cell in notebook.cells:
        id = cell.metadata.get("nbgrader", {}).get("grade_id")
        if id in texts:
            cell.source = texts[id]
        if id in ESSAYS:
            cell.source = essay
    return notebook


def hand_in(folder: Path, student: str, notebook: NotebookNode | str) -> None:
    place = folder / student / ID
    place.mkdir(parents=True)
    text = notebook if isinstance(notebook, str) else nbformat.writes(notebook)
    (place / f"{ID}.ipynb").write_text(text, encoding="utf-8")
    if student in TIMES:
        (place / "timestamp.txt").write_text(TIMES[student])


@pytest.fixture(scope="session")
def a5() -> AssignmentSource:
    return read_source(ID)


@pytest.fixture(scope="session")
def class_of_five(a5: AssignmentSource, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("class") / "submitted"
    hand_in(folder, "ann", solved(a5, essay="Small discs are missed."))
    hand_in(folder, "bob", solved(a5, entry="fp_fn_swapped", essay="None are missed."))
    hand_in(folder, "cem", "this was my notebook")
    hand_in(folder, "dee", student_notebook(a5))
    hand_in(folder, FOLDER, solved(a5, entry="always_normal", essay="<script>alert(1)</script>"))
    return folder


@pytest.fixture(scope="session")
def graded_once(bubblewrap: str, class_of_five: Path, tmp_path_factory) -> Run:
    out = tmp_path_factory.mktemp("graded") / "out"
    grade(ID, class_of_five, out, seed=SEED, workers=1)
    return Run(class_of_five, out)


@pytest.fixture
def run(graded_once: Run, tmp_path: Path) -> Run:
    """A copy of the graded class, which a test may change."""
    shutil.copytree(graded_once.submitted.parent, tmp_path / "class")
    shutil.copytree(graded_once.out, tmp_path / "graded" / "out")
    return Run(tmp_path / "class" / "submitted", tmp_path / "graded" / "out")


@pytest.fixture
def refused(capsys: pytest.CaptureFixture[str]):
    """``refused(*words)``: the one line with which the program refuses, having exited with 2."""

    def refuse(*words: object) -> str:
        capsys.readouterr()
        try:
            code = main([str(word) for word in words])
        except SystemExit as stopped:  # argparse
            code = stopped.code
        assert code == 2
        (line,) = capsys.readouterr().err.strip().splitlines()
        return line

    return refuse
