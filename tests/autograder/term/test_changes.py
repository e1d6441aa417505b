"""Two judgements side by side: what counts as a change, who is in it, how it is told."""

from __future__ import annotations

import csv
from pathlib import Path

from autograder.term.changes import as_csv, by_student, changes, in_words
from autograder.term.graded import Graded, Row


def graded(*rows: tuple[str, str, float, str, str]) -> Graded:
    made = (Row(s, c, p, 5.0, outcome, named, "said") for s, c, p, outcome, named in rows)
    return Graded(Path(), "a0", 0, None, tuple(made))


BEFORE = graded(
    ("ann", "x.a", 5.0, "passed", ""),
    ("ann", "x.b", 0.0, "failed", "no-relu"),
    ("bob", "x.a", 2.5, "partial", "wrong-axis"),
    ("gone", "x.a", 1.0, "partial", ""),
)
AFTER = graded(
    ("ann", "x.a", 5.0, "passed", ""),
    ("ann", "x.b", 5.0, "passed", ""),
    ("bob", "x.a", 2.5, "partial", "no-relu"),
    ("=new", "x.a", 4.0, "partial", ""),
)


def test_points_outcome_and_misconception_count_and_nothing_else():
    found = changes(BEFORE, AFTER)
    assert [(c.student, c.check, c.by) for c in found] == [
        ("ann", "x.b", 5.0),
        ("bob", "x.a", 0.0),
        ("=new", "x.a", 4.0),
        ("gone", "x.a", -1.0),
    ]
    assert by_student(found) == {"ann": 5.0, "bob": 0.0, "=new": 4.0, "gone": -1.0}


def test_words_say_who_by_how_much_and_why():
    text = in_words(changes(BEFORE, AFTER))
    assert "ann: +5 points" in text
    assert "x.b: 0 (failed, no-relu) → 5 (passed)" in text
    assert "x.a: 2.5 (partial, wrong-axis) → 2.5 (partial, no-relu)" in text
    assert "x.a: not judged → 4 (partial)" in text
    assert "4 students change in 4 checks" in text
    assert in_words(changes(AFTER, AFTER)) == "nothing changes"


def test_the_table_holds_both_sides():
    rows = list(csv.DictReader(as_csv(changes(BEFORE, AFTER)).splitlines()))
    assert rows[0]["points_before"] == "0.00"
    assert rows[0]["points_after"] == "5.00"
    assert rows[2]["student"] == "'=new"
    assert rows[2]["outcome_before"] == ""
    assert rows[3]["points_after"] == ""
