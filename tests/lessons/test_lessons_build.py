"""Lessons are built: fresh to the byte, without outputs, and never graded."""

import nbformat
import pytest

from autograder import lessons
from autograder.build import build, derived
from autograder.lessons import lesson_ids, lesson_notebook
from glaucam.errors import InputError, UnknownName


@pytest.fixture(params=lesson_ids())
def lesson(request):
    return request.param


def test_the_committed_notebook_is_fresh(lesson):
    assert derived(lesson).is_fresh, f"stale: run python -m autograder build {lesson}"


def test_the_notebook_is_bare_and_says_where_it_comes_from(lesson):
    notebook = nbformat.reads(derived(lesson).content.decode(), 4)
    assert notebook.metadata.generated["from"] == f"course/lessons/{lesson}.py"
    assert notebook.metadata.generated["note"].startswith("Built file")
    assert not any(cell.get("outputs") or cell.metadata for cell in notebook.cells)
    ids = [cell.id for cell in notebook.cells]
    assert ids == [f"cell-{place:03d}" for place in range(len(ids))]


def test_a_lesson_is_built_where_asked_and_its_staleness_is_seen(tmp_path, capsys):
    name = lesson_ids()[0]
    assert build([name], check=True, out=tmp_path) == 1
    assert f"stale: {name}" in capsys.readouterr().err
    assert build([name], out=tmp_path) == 0
    assert build([name], check=True, out=tmp_path) == 0
    assert (tmp_path / f"{name}.ipynb").read_bytes() == derived(name).content


def test_a_cell_that_would_be_graded_is_refused(tmp_path, monkeypatch):
    text = '# %%\nprint(1)\n\n# %% solution="part"\n### BEGIN SOLUTION\n### END SOLUTION\n'
    (tmp_path / "09_graded.py").write_text(text)
    monkeypatch.setattr(lessons, "LESSONS", tmp_path)
    with pytest.raises(InputError, match=r"09_graded\.py: line 4: a solution cell in a lesson"):
        lesson_notebook("09_graded")


def test_an_unknown_name_lists_assignments_and_lessons():
    with pytest.raises(UnknownName, match=r"a3_gradcam.*01_eye_and_images"):
        build(["a9_nothing"])
