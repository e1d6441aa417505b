"""`nbgrader autograde` in a course folder of its own runs our pipeline, to the same scores."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from autograder.release import instructor_notebook
from autograder.source import ROOT, AssignmentSource
from tests.autograder.conftest import ID
from tests.autograder.submissions import hand_in, notebook

pytestmark = [pytest.mark.jail, pytest.mark.slow, pytest.mark.xdist_group("jail")]

MARK = "the student's own code ran here, outside the jail"


def nbgrader(course: Path, *words: str, **extra: str) -> subprocess.CompletedProcess:
    programs = Path(sys.executable).parent
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        [sys.executable, "-m", "nbgrader", *words],
        cwd=course,
        env={**os.environ, "PATH": path, **extra},
        capture_output=True,
        text=True,
        timeout=240,
    )


@pytest.fixture(scope="module")
def course(bubblewrap, source: AssignmentSource, tmp_path_factory) -> Path:
    """A released assignment; a right submission, and one with a Grad-CAM that reaches out."""
    course = tmp_path_factory.mktemp("course")
    (course / "nbgrader_config.py").symlink_to(ROOT / "autograder" / "nbgrader_config.py")
    released = course / "source" / ID
    released.mkdir(parents=True)
    nbformat.write(instructor_notebook(source), released / f"{ID}.ipynb")
    done = nbgrader(course, "generate_assignment", ID, "--create")
    assert done.returncode == 0, done.stderr
    hand_in(course / "submitted", "ann", notebook())
    mark = f"try: open({str(course / 'mark')!r}, 'w').write({MARK!r})\nexcept OSError: pass\n"
    loud = "import sys\nprint('a warning', file=sys.stderr)\n"
    hand_in(course / "submitted", "bob", notebook({"gradcam": mark + loud + "class GradCAM: pass"}))
    return course


@pytest.fixture(scope="module")
def autograded(course: Path) -> Path:
    done = nbgrader(course, "autograde", ID)
    assert done.returncode == 0, done.stderr
    return course


def test_the_scores_are_the_judges(autograded: Path, source: AssignmentSource):
    worth = sum(source.points.values())
    lost = sum(points for id, points in source.points.items() if id.startswith("gradcam."))
    with Gradebook(f"sqlite:///{autograded / 'gradebook.db'}") as gradebook:
        scores = {s: gradebook.find_submission(ID, s).score for s in ("ann", "bob")}
    assert scores == {"ann": worth, "bob": worth - lost}


def test_nothing_of_a_submission_ran_outside_the_jail(autograded: Path):
    assert not (autograded / "mark").exists()


def test_the_seed_is_kept_for_the_next_time(autograded: Path):
    assert isinstance(json.loads((autograded / f"run-{ID}.json").read_text())["seed"], int)


def test_nbgraders_own_feedback_shows_the_judges_words(autograded: Path):
    done = nbgrader(autograded, "generate_feedback", ID)
    assert done.returncode == 0, done.stderr
    page = (autograded / "feedback" / "bob" / ID / f"{ID}.html").read_text(encoding="utf-8")
    assert "what the judge found" in page
    assert "gradcam.values" in page


def test_without_bubblewrap_nbgrader_grades_nothing_either(course: Path, tmp_path: Path):
    for program in ("alembic", "python"):
        (tmp_path / program).symlink_to(Path(sys.executable).parent / program)
    path = {"PATH": str(tmp_path)}
    done = nbgrader(course, "autograde", ID, "--student", "ann", "--force", **path)
    assert done.returncode != 0
    assert "no bubblewrap on this machine" in done.stderr
