"""Practice checks of uploaded notebooks: what they find, what they refuse, what they survive."""

import json
import time

import nbformat
import pytest

from autograder.formative import check_notebook, student_notebooks
from autograder.judge.assignment import load_assignment
from autograder.judge.bench import Cell
from autograder.release import instructor_notebook, student_notebook
from autograder.source import read_source
from autograder.withheld import leaning
from demo_app import assignments_tab
from demo_app.check_words import BROKE, report_in_words, switched_off
from glaucam.errors import InputError
from glaucam.registry import unknown

ID = "a3_gradcam"
SCRIPT = "<script>alert(1)</script>"
CHECKS = [c.id for c in read_source(ID).cells if c.kind == "check"]


def write(path, texts=None, solved=True):
    """The notebook of a3 with other texts in some solution cells."""
    make = instructor_notebook if solved else student_notebook
    made = make(read_source(ID))
    for cell in made.cells:
        id = cell.metadata.get("nbgrader", {}).get("grade_id")
        cell.source = (texts or {}).get(id, cell.source)
    nbformat.write(made, path)
    return path


@pytest.fixture(scope="module")
def jail():
    from autograder.formative import why_off

    if reason := why_off():
        pytest.skip(reason)


@pytest.fixture(scope="module")
def report(jail, tmp_path_factory):
    """Right but for an overlay that raises markup, and a contrast map that is never written."""
    texts = {
        "overlay": f"def overlay(image, heatmap, alpha):\n    raise ValueError('{SCRIPT}')",
        "contrast": "print('x' * 10**8)",
    }
    return check_notebook(ID, write(tmp_path_factory.mktemp("in") / "mine.ipynb", texts))


@pytest.mark.jail
def test_each_check_of_the_notebook_is_answered_in_its_order(report):
    assert [outcome.check for outcome in report.outcomes] == CHECKS
    wrong = {o.check for o in report.outcomes if not o.passed}
    assert wrong == {"contrast.values", "overlay.blend", "overlay.layout"}
    by_check = {outcome.check: outcome for outcome in report.outcomes}
    assert "defines `contrast_heatmap`" in by_check["contrast.values"].rationale
    assert SCRIPT in by_check["overlay.blend"].rationale
    assert all(outcome.title for outcome in report.outcomes)


@pytest.mark.jail
def test_the_receipt_names_the_file_its_hash_and_the_time(report):
    assert report.file == "mine.ipynb"
    assert len(report.sha256) == 64
    assert report.time.endswith("+00:00")
    assert json.loads(json.dumps(report.to_dict()))["outcomes"][0]["status"] == "passed"


@pytest.mark.jail
def test_what_a_notebook_says_is_shown_as_text(report):
    shown = report_in_words(report)
    assert "10 of 13 checks passed" in shown
    assert SCRIPT not in shown
    assert "&lt;script&gt;" in shown
    assert report.sha256 in shown


LEANS = {
    "in the cell": {"gradcam": "import numpy as np\nfrom glaucam.methods import GradCAM"},
    "by a lazy name": {"contrast": "import glaucam\ndef contrast_heatmap(m, l, x):\n"
                       "    return glaucam.explain(m, x).contrast.values"},
    "in a function": {"target_layer": "def find_target_layer(model):\n"
                      "    from glaucam.models.target_layer import target_layers\n"
                      "    return model.features"},
}  # fmt: skip


@pytest.mark.parametrize("texts", LEANS.values(), ids=LEANS)
def test_what_leans_on_a_withheld_part_is_found_in_its_code(texts):
    ((id, text),) = texts.items()
    faults = leaning([Cell(id, text), Cell("overlay", "import torch")], load_assignment(ID))
    assert set(faults) == {id}
    assert faults[id].misconception == "withheld"


def test_a_cell_leans_through_an_added_one_and_words_in_text_do_not_count():
    added = Cell("added cell 1", "from torchcam.methods import GradCAM as peer")
    cells = [added, Cell("gradcam", "class GradCAM(peer): pass"), Cell("overlay", "x = 'captum'")]
    assert set(leaning(cells, load_assignment(ID))) == {"added cell 1", "gradcam"}


@pytest.mark.jail
def test_practice_does_not_pass_what_fails_when_graded(jail, tmp_path):
    """The library's own target layer is there in practice, and absent from the judge's jail."""
    text = (
        "from glaucam.models.target_layer import target_layers\nimport torch\n"
        "def find_target_layer(model):\n"
        "    names = target_layers(model, torch.zeros(1, 3, 224, 224))\n"
        "    return model.get_submodule(names[0])"
    )
    report = check_notebook(ID, write(tmp_path / "mine.ipynb", {"target_layer": text}))
    (first, *_) = (o for o in report.outcomes if o.check.startswith("target_layer."))
    assert first.status == "failed"
    assert "Right here, but not when it is graded" in first.rationale
    assert first.misconception == "withheld"
    assert all(o.passed for o in report.outcomes if not o.check.startswith("target_layer."))


HOSTILE = {
    "endless loop": "while True: pass",
    "fork bomb": "import os\nwhile True: os.fork()",
    "forged outcome": (
        "class Liar:\n    status = '<b>passed'\n    def __getattr__(self, n): return n\n"
        "from glaucam.checks import a3_gradcam as c\n"
        "for n in dir(c): setattr(c, n, lambda *a: Liar())\n"
        "def find_target_layer(m): pass"
    ),
}


@pytest.mark.jail
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_notebook_costs_its_own_time_only(jail, tmp_path, name):
    path = write(tmp_path / "hostile.ipynb", {"target_layer": HOSTILE[name]}, solved=False)
    began = time.monotonic()
    outcomes = check_notebook(ID, path, seconds=4).outcomes
    assert time.monotonic() - began < 4 + 120  # and what it takes to end a kernel on a busy machine
    assert [outcome.check for outcome in outcomes] == CHECKS
    assert not any(outcome.passed for outcome in outcomes)
    told = {outcome.rationale for outcome in outcomes}
    assert "" not in told
    assert name != "endless loop" or any("used up" in rationale for rationale in told)


def notebook(**fields):
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [], **fields})


DAMAGED = {
    "no json": ("a.ipynb", "hello", "not a notebook"),
    "a script": ("a3.py", "x = 1", "expected the .ipynb file"),
    "cut short": ("a.ipynb", notebook()[:30], "not a notebook"),
    "a list": ("a.ipynb", "[]", "not a notebook"),
    "R": ("a.ipynb", notebook(metadata={"kernelspec": {"language": "R"}}), "expected Python"),
    "too large": ("a.ipynb", " " * (21 << 20), "larger than 20 MB"),
    "another's": ("a.ipynb", notebook(), "defines none of find_target_layer"),
    "old and empty": (
        "a.ipynb",
        notebook(nbformat=3, nbformat_minor=0, worksheets=[{"cells": []}]),
        "defines none of",
    ),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_upload_is_told_in_one_line(monkeypatch, tmp_path, name):
    monkeypatch.setattr("autograder.formative.why_off", lambda: "")
    file, content, expected = DAMAGED[name]
    (tmp_path / file).write_text(content)
    with pytest.raises(InputError, match=expected) as error:
        check_notebook(ID, tmp_path / file)
    assert "\n" not in str(error.value)
    assert str(tmp_path) not in str(error.value)


@pytest.mark.jail
def test_a_notebook_of_nbformat_3_is_read(jail, tmp_path):
    made = nbformat.read(write(tmp_path / "new.ipynb", solved=False), 4)
    nbformat.write(nbformat.convert(made, 3), tmp_path / "old.ipynb", version=3)
    outcomes = check_notebook(ID, tmp_path / "old.ipynb").outcomes
    assert {outcome.rationale for outcome in outcomes} == {"Not written yet."}


def test_without_a_jail_nothing_runs_and_the_reason_is_told(monkeypatch, tmp_path):
    monkeypatch.setattr("autograder.formative.shutil.which", lambda name: None)
    with pytest.raises(InputError, match="no bubblewrap"):
        check_notebook(ID, write(tmp_path / "a.ipynb"))
    assert "&lt;b&gt;" in switched_off("<b>")


def test_the_upload_is_deleted_whatever_happens(monkeypatch, tmp_path):
    def broken(id, path):
        raise RuntimeError("inner workings")

    path = tmp_path / "mine.ipynb"
    for behaviour in (broken, check_notebook):
        path.write_text("no notebook")
        monkeypatch.setattr(assignments_tab, "check_notebook", behaviour)
        field, words = assignments_tab.show_report(str(path), ID)
        assert field is None
        assert words == BROKE or "not a notebook" in words
        assert not path.exists()


def test_unknown_choices_are_refused_by_name(tmp_path):
    (tmp_path / "a.ipynb").write_text("{}")
    _, words = assignments_tab.show_report(str(tmp_path / "a.ipynb"), "a9")
    assert unknown("assignment", "a9", list(student_notebooks())).split(":")[1] in words
    assert "drop in your .ipynb" in assignments_tab.show_report(None, ID)[1]


def test_the_tab_is_switched_off_where_there_is_no_jail(monkeypatch):
    import gradio as gr

    monkeypatch.setattr(assignments_tab, "why_off", lambda: "no bubblewrap here")
    with gr.Blocks() as page:
        assignments_tab.assignments_tab()
    parts = {block.elem_id: block for block in page.blocks.values() if block.elem_id}
    assert "no bubblewrap here" in parts["found"].value
    assert not parts["notebook"].parent.visible
    assert ID in parts["notebooks"].value  # the notebook can be had all the same


@pytest.mark.jail
def test_the_queue_goes_on_after_a_hostile_notebook(jail, server, tmp_path):
    from gradio_client import Client, handle_file

    leaver = {"target_layer": "import os; os._exit(0)", "overlay": "raise SystemExit"}
    hostile = write(tmp_path / "hostile.ipynb", leaver, solved=False)
    honest = write(tmp_path / "honest.ipynb", solved=False)
    client = Client(server.address, verbose=False)
    sent = [
        client.submit(handle_file(p), ID, api_name="/check_notebook") for p in (hostile, honest)
    ]
    first, second = (job.result(timeout=120) for job in sent)
    assert (first["file"], second["file"]) == ("hostile.ipynb", "honest.ipynb")
    assert "ended the Python process" in first["outcomes"][0]["rationale"]
    assert {outcome["rationale"] for outcome in second["outcomes"]} == {"Not written yet."}
    assert not list(server.temporary.rglob("h*.ipynb"))  # nothing is kept
