"""Damaged, moved and re-saved notebooks: the answers are found, and only they."""

from __future__ import annotations

import json
import os
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from autograder.release import instructor_notebook
from autograder.source import read_source
from autograder.submission import (
    Answers,
    Unreadable,
    compose,
    find_answers,
    find_notebook,
    read_submission,
)
from tests.autograder.submissions import ID, cell_of, notebook, solution, submission

NAMES = {"find_target_layer": "target_layer", "GradCAM": "gradcam"}
NAMES |= {"contrast_heatmap": "contrast", "overlay": "overlay"}
IDS = ("target_layer", "gradcam", "contrast", "overlay")


def answers(source, made: NotebookNode) -> Answers:
    return find_answers(source, submission(made), NAMES)


def ran(found: Answers) -> str:
    """All the code that grading would run."""
    return "\n".join(cell.source for cell in found.to_run)


def defines(found: Answers) -> dict[str, object]:
    """What is left by running the cells that grading runs, in their order."""
    scope: dict[str, object] = {}
    for cell in found.to_run:
        exec(compile(cell.source, cell.id, "exec"), scope)
    return {name: scope[name] for name in NAMES if name in scope}


def test_the_four_answers_and_the_locked_cell_are_run_and_nothing_else(source):
    found = answers(source, notebook())
    assert [cell.id for cell in found.to_run] == ["setup", *IDS]
    assert set(found.texts) == set(IDS)
    assert found.added == ()


def strip(made: NotebookNode) -> None:
    """What Colab and VS Code do on saving: foreign metadata gone, ids new."""
    for number, cell in enumerate(made.cells):
        cell["metadata"], cell["id"] = {}, f"other-{number}"
    made["metadata"] = {"colab": {"provenance": []}}


def reverse(made: NotebookNode) -> None:
    made.cells.reverse()


def split(made: NotebookNode) -> None:
    """A class in one cell, a helper of it in the next, which lost its metadata."""
    cell = cell_of(made, "overlay")
    head, tail = cell.source.split("    colours =")
    cell["source"] = head + "    return paint(image, heatmap, alpha)"
    helper = "def paint(image, heatmap, alpha):\n    colours =" + tail
    made.cells.insert(made.cells.index(cell) + 1, nbformat.v4.new_code_cell(helper))


def merge(made: NotebookNode) -> None:
    """Everything in the first cell, the other three deleted."""
    first = cell_of(made, IDS[0])
    for id in IDS[1:]:
        first["source"] += "\n\n" + cell_of(made, id).source
        made.cells.remove(cell_of(made, id))


def duplicate(made: NotebookNode) -> None:
    for id in IDS:
        cell = cell_of(made, id)
        copied = nbformat.from_dict(json.loads(json.dumps(cell)))
        made.cells.insert(made.cells.index(cell), copied)
        copied["source"] = "def half(:" if id == "overlay" else copied["source"]
    cell = next(c for c in made.cells if c.source == "def half(:")
    cell["source"] = "overlay = None"  # an older try stands above the answer


def delete_the_rest(made: NotebookNode) -> None:
    made["cells"] = [cell_of(made, id) for id in IDS]


def add_magics(made: NotebookNode) -> None:
    made.cells.insert(0, nbformat.v4.new_code_cell("%load_ext autoreload\n!pip install captum"))
    made.cells.insert(0, nbformat.v4.new_code_cell("raise SystemExit  # never run"))


def as_lists(made: NotebookNode) -> None:
    for cell in made.cells:
        cell["source"] = cell.source.splitlines(keepends=True)


def null_metadata(made: NotebookNode) -> None:
    for cell in made.cells:
        if "nbgrader" not in cell.metadata:
            cell["metadata"] = None


DAMAGE = [strip, reverse, split, merge, duplicate, delete_the_rest, add_magics, as_lists]


@pytest.mark.parametrize("damage", [*DAMAGE, null_metadata], ids=lambda f: f.__name__)
def test_a_damaged_notebook_still_defines_all_four(source, damage):
    made = notebook()
    damage(made)
    found = answers(source, made)
    assert set(defines(found)) == set(NAMES)
    assert all(callable(value) for value in defines(found).values())
    assert "autoreload" not in ran(found)


def test_a_deleted_answer_is_missed_alone(source):
    made = notebook()
    made.cells.remove(cell_of(made, "contrast"))
    assert set(defines(answers(source, made))) == set(NAMES) - {"contrast_heatmap"}


def test_a_helper_is_found_by_the_name_it_defines_through_another_one(source):
    made = notebook({"overlay": "def overlay(i, h, a): return outer(i)"})
    for text in ("def inner(x): return x", "def outer(x): return inner(x)", "def idle(): pass"):
        made.cells.append(nbformat.v4.new_code_cell(text))
    code = ran(answers(source, made))
    assert "def outer" in code
    assert "def inner" in code
    assert "def idle" not in code


def test_plain_cells_are_run_only_where_an_answer_needs_them(source):
    assert "checkpoint = " not in ran(answers(source, notebook()))
    needy = notebook({"overlay": "def overlay(i, h, a): return checkpoint"})
    assert "checkpoint = " in ran(answers(source, needy))


def test_local_cells_are_never_run(source):
    local = next(cell for cell in source.cells if cell.kind == "local")
    bound = "def overlay(i, h, a): return (" + ", ".join(_assigned(local.source)) + ",)"
    assert local.source not in ran(answers(source, notebook({"overlay": bound})))


def _assigned(code: str) -> list[str]:
    from autograder.names import names_of

    names = sorted(names_of(code).defined)
    assert names
    return names


def test_a_changed_locked_cell_is_restored(source):
    made = notebook()
    cell_of(made, "setup")["source"] = "import torch\ntorch.randn = None"
    found = answers(source, made)
    assert found.to_run[0].source == source.locked_cells["setup"]
    assert "torch.randn = None" not in ran(found)


def test_an_import_added_to_the_locked_cell_is_kept(source):
    made = notebook({"overlay": "def overlay(i, h, a): return ndimage.zoom(i, 1)"})
    cell_of(made, "setup")["source"] += "\nfrom scipy import ndimage\ntorch.randn = None"
    code = ran(answers(source, made))
    assert "from scipy import ndimage" in code
    assert "torch.randn = None" not in code


def released_copies(made: NotebookNode) -> None:
    """Below each answer the empty cell again, as after a careless paste."""
    empty = notebook(solved=False)
    for id in IDS:
        made.cells.insert(made.cells.index(cell_of(made, id)) + 1, cell_of(empty, id))


@pytest.mark.parametrize("then", [lambda made: None, strip], ids=["marked", "stripped"])
def test_a_copy_of_the_empty_cell_does_not_undo_the_answer(source, then):
    made = notebook()
    released_copies(made)
    then(made)
    assert "NotImplementedError" not in ran(answers(source, made))
    assert set(defines(answers(source, made))) == set(NAMES)


def test_an_empty_cell_stays_where_nobody_answered(source):
    made = notebook()
    cell_of(made, "overlay")["source"] = cell_of(notebook(solved=False), "overlay").source
    assert ran(answers(source, made)).count("NotImplementedError") == 1


def test_an_essay_without_metadata_is_found_by_its_first_line():
    source = read_source("a5_errors")
    made = instructor_notebook(source)
    strip(made)
    found = find_answers(source, submission(made), {"error_table": "error_table"})
    assert set(found.texts) >= {"analysis", "cause", "refute"}
    assert "*A model answer" in found.texts["analysis"]


def test_what_stands_in_check_cells_is_not_run(source):
    made = notebook()
    cell_of(made, "gradcam.values")["source"] = "GradCAM = None"
    assert "GradCAM = None" not in ran(answers(source, made))


def test_feedback_is_set_into_the_released_notebook(source):
    """Forged outputs, points and checks of a submission do not come through; its text does."""
    made = notebook()
    for cell in made.cells:
        cell.metadata.setdefault("nbgrader", {})["points"] = 198
        if cell.cell_type == "code":
            cell["outputs"] = [nbformat.v4.new_output("stream", text="5")]
    cell_of(made, "gradcam.values")["source"] = "5"
    made.cells.append(nbformat.v4.new_code_cell("added = 1"))
    composed = compose(source, answers(source, made))
    nbformat.validate(composed)
    assert cell_of(composed, "gradcam.values").source == "checks.gradcam_values(GradCAM)"
    assert cell_of(composed, "gradcam").source == solution("gradcam")
    assert not any(cell.get("outputs") for cell in composed.cells)
    points = [c.metadata.get("nbgrader", {}).get("points", 0) for c in composed.cells]
    assert sum(points) == sum(source.points.values())
    assert [c.source for c in composed.cells].count("added = 1") == 1


def test_without_metadata_an_answer_still_stands_where_it_was_asked_for(source):
    """Else a reader of the page sees the empty cell, with full points under it."""
    made = notebook()
    strip(made)
    composed = compose(source, answers(source, made))
    for id in IDS:
        assert cell_of(composed, id).source == solution(id)
        assert [cell.source for cell in composed.cells].count(solution(id)) == 1


def write(folder: Path, data: bytes, name: str = f"{ID}.ipynb") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def test_a_notebook_by_another_name_is_found_when_it_is_the_only_one(tmp_path: Path):
    data = nbformat.writes(notebook()).encode()
    other = write(tmp_path, data, "Copy of a3 (1).ipynb")
    assert find_notebook(tmp_path, ID) == other
    write(tmp_path, data, "draft.ipynb")
    with pytest.raises(Unreadable, match="2 notebooks were handed in; expected one"):
        find_notebook(tmp_path, ID)
    named = write(tmp_path, data)
    assert find_notebook(tmp_path, ID) == named


def test_no_notebook_is_told(tmp_path: Path):
    with pytest.raises(Unreadable, match=r"no notebook was handed in; expected a3_gradcam\.ipynb"):
        find_notebook(tmp_path, ID)


def test_a_byte_order_mark_is_no_harm(tmp_path: Path):
    data = b"\xef\xbb\xbf" + nbformat.writes(notebook()).encode()
    assert read_submission(write(tmp_path, data)).cells == submission(notebook()).cells


def test_format_three_is_read(source, tmp_path: Path):
    old = nbformat.writes(nbformat.convert(notebook(), 3), version=3).encode()
    assert b"worksheets" in old
    found = find_answers(source, read_submission(write(tmp_path, old)), NAMES)
    assert set(defines(found)) == set(NAMES)


def test_half_a_surrogate_pair_is_replaced(tmp_path: Path):
    data = json.dumps(notebook({"overlay": "x = '\ud800'"})).encode()
    texts = [cell.source for cell in read_submission(write(tmp_path, data)).cells]
    assert "x = '?'" in texts


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04 a zip",
        b"\xff\xfe\x00",
        b"[]",
        b"{}",
        b"7",
        b'{"cells": [], "nbformat": 99, "nbformat_minor": 0}',
        b'{"cells": 5, "nbformat": 4, "nbformat_minor": 5}',
        b'{"cells": [7], "nbformat": 4, "nbformat_minor": 5}',
        b'{"cells": [{"source": [1]}], "nbformat": 4, "nbformat_minor": 5}',
        b'{"nbformat": 3, "nbformat_minor": 0}',
        b"[" * 100_000,
        b"version https://git-lfs.github.com/spec/v1",
    ],
)
def test_what_is_no_notebook_is_refused_with_a_reason(tmp_path: Path, data: bytes):
    with pytest.raises(Unreadable, match=r"a3_gradcam\.ipynb is not a notebook \(\w+\); save it"):
        read_submission(write(tmp_path, data))


def test_a_huge_file_is_refused_unread(tmp_path: Path):
    path = write(tmp_path, b"")
    os.truncate(path, 25 << 20)
    with pytest.raises(Unreadable, match="larger than 20 MB; clear its outputs"):
        read_submission(path)


def test_a_link_is_refused_wherever_it_points(tmp_path: Path):
    real = write(tmp_path, nbformat.writes(notebook()).encode(), "real.txt")
    link = tmp_path / f"{ID}.ipynb"
    link.symlink_to(real)
    with pytest.raises(Unreadable, match="not a plain file"):
        read_submission(find_notebook(tmp_path, ID))
