"""Shared code is found under other names; what all were given, or half wrote, does not count."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from autograder.term.similarity import as_csv, pairs
from autograder.term.similarity_page import marked, page
from tests.autograder.term.conftest import FOLDER, HOSTILE, ID

GIVEN = """
def loader(path, size):
    images = [open_image(name) for name in sorted(path.iterdir())]
    return [resize(image, size) for image in images if image is not None]
"""
ONE = """
def lift(heatmap, mask):
    total = heatmap.sum()
    if total == 0:
        return None
    return (heatmap * mask).sum() / total / mask.mean()
"""
RENAMED = """
def lift(h, m):  # my very own work
    everything = h.sum()
    if everything == 0:
        return None
    return (h * m).sum() / everything / m.mean()
"""
OTHER = """
def lift(heatmap, mask):
    inside = [v for v, k in zip(heatmap.ravel(), mask.ravel()) if k]
    try:
        return (np.mean(inside) / np.mean(heatmap)).item()
    except ZeroDivisionError:
        return float("nan")
"""


def test_other_names_and_comments_do_not_hide_shared_code():
    found = pairs({"ann": GIVEN + ONE, "bob": GIVEN + RENAMED, "cem": GIVEN + OTHER}, GIVEN)
    first = found[0]
    assert (first.first, first.second) == ("ann", "bob")
    assert first.similarity > 0.9
    assert all(pair.similarity < 0.5 for pair in found[1:])


def test_what_was_given_does_not_count():
    assert pairs({"ann": GIVEN, "bob": GIVEN}, GIVEN) == []
    assert pairs({"ann": GIVEN, "bob": GIVEN}, "")[0].similarity == 1.0


def test_what_half_of_a_class_wrote_does_not_count():
    texts = {f"s{i}": ONE for i in range(6)}
    assert pairs(texts, "") == []


def test_code_that_one_student_repeats_is_theirs():
    """Twice the same passage in one text is not boilerplate."""
    (pair,) = pairs({"ann": ONE + ONE, "bob": ONE}, GIVEN)
    assert pair.shares[0] > 0.9


def test_empty_submissions_share_nothing():
    assert pairs({"ann": "", "bob": "", "cem": "x"}, GIVEN) == []


def test_the_page_escapes_what_students_wrote():
    texts = {"<b>ann": "</pre><script>alert(1)</script>" + ONE, "bob": ONE}
    text = page("a0", pairs(texts, ""), texts, 2)
    assert "<script>" not in text
    assert "<b>ann" not in text
    assert "&lt;script&gt;" in text
    assert "not a verdict" in text


def test_highlights_stay_within_the_text():
    assert marked("a<b>c", [(1, 2), (0, 3), (4, 99)]) == "<mark>a&lt;b</mark>&gt;<mark>c</mark>"


def test_the_table_is_no_spreadsheet_program():
    lines = as_csv(pairs({"=ann": ONE, "bob": RENAMED}, "")).splitlines()
    assert list(csv.reader(lines))[1][0] == "'=ann"


def test_report_of_a_class(class_of_five: Path, tmp_path: Path, capsys, refused):
    from autograder.__main__ import main

    words = ["similarity", ID, "--submitted", str(class_of_five), "--to", str(tmp_path / "to")]
    assert main([*words, "--json", "--least", "0.3"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["compared"] == 4  # one could not be read
    assert {said["pairs"][0]["first"], said["pairs"][0]["second"]} <= {"ann", "bob", HOSTILE}
    assert FOLDER not in (tmp_path / "to" / "similarity.html").read_text()
    assert "share from 0 to 1" in refused(*words, "--least", "2")


@pytest.mark.parametrize("word", ["--to", "--submitted"])
def test_what_is_missing_is_named(word: str, refused):
    assert "required" in refused("similarity", ID, word, "x")
