"""Every lesson in a real kernel: it runs, it is quick, it is quiet, and its figures speak."""

import re

import nbformat
import pytest

from autograder.lessons import lesson_ids, lesson_notebook
from tests.notebooks import QUICK, executed, outputs, words

SECONDS = 40 if QUICK == "1" else 240  # on two cores: the promise at the head of each lesson
CLOCK = "import os as _os; print(sum(_os.times()[:4]))"  # processor time, its children's too


@pytest.fixture(params=lesson_ids())
def lesson(request):
    return request.param


@pytest.mark.slow
def test_the_lesson_runs_within_its_time_and_shows_captioned_figures(lesson, tmp_path):
    notebook = lesson_notebook(lesson)
    notebook.cells.append(nbformat.v4.new_code_cell(CLOCK))
    *shown, clock = outputs(executed(notebook, tmp_path))
    assert float(clock.text) <= 2 * SECONDS  # a busy machine stretches the clock, not this
    assert [o.text for o in shown if o.get("name") == "stderr"] == []
    bare = [o for o in shown if "image/png" in o.get("data", {})]
    assert bare == [], "a figure without caption and alt text: end the cell with captioned(…)"
    pictures = re.findall(r'<img [^>]*alt="([^"]*)"', "".join(map(html, shown)))
    assert len(pictures) >= 3
    assert all(len(alt.split()) >= 5 for alt in pictures)


def test_the_lesson_has_what_every_lesson_has(lesson):
    text = words(lesson_notebook(lesson))
    assert re.search(r"not a medical device", text, re.IGNORECASE)
    assert re.search(r"\d+ minutes", text)
    assert re.search(r"\bGB\b", text)
    assert "GLAUCAM_QUICK" in text
    assert "<details>" in text
    assert text.count("<details>") == text.count("</details>")
    assert re.search(r"pencil", text, re.IGNORECASE)
    assert re.search(r"\bpredict", text, re.IGNORECASE)
    assert re.search(r"\b(refute|claim|true or false)", text, re.IGNORECASE)
    assert re.search(r"does not show", text)


def html(output):
    return "".join(output.get("data", {}).get("text/html", ""))
