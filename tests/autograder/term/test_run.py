"""A graded class through status, late policy, feedback and anonymous grading."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder.grade import find_submissions
from autograder.term.book import read_book
from autograder.term.pseudonyms import make_key, read_key
from autograder.term.status import DONE, NEW, NOTHING, WAITING
from tests.autograder.term.conftest import ESSAYS, HOSTILE, ID, SEED, Run, hand_in, solved

pytestmark = [pytest.mark.jail, pytest.mark.slow, pytest.mark.xdist_group("jail")]

POLICY = """
due = 2026-03-01T23:59:00
timezone = "Europe/Berlin"
penalty = 10
cap = 25
[extensions]
zoe = "1 day"
"""


@pytest.fixture
def late(tmp_path: Path) -> Path:
    path = tmp_path / "policy.toml"
    path.write_text(POLICY)
    return path


def status(run: Run, capsys, *words: object) -> dict:
    where = ("--submitted", run.submitted, "--out", run.out)
    assert run.command("status", *where, "--json", *words) == 0
    said = json.loads(capsys.readouterr().out)
    return {line["student"]: line for line in said["students"]} | {"": said["counts"]}


def penalties(run: Run) -> dict[str, float]:
    return {s.student: s.penalty for s in read_book(run.db_url, ID)}


def test_status_says_who_handed_in_waits_and_is_missing(run: Run, a5, tmp_path: Path, capsys):
    (tmp_path / "roster.txt").write_text("ann\nzoe\n")
    hand_in(run.submitted, "new", solved(a5))
    lines = status(run, capsys, "--roster", tmp_path / "roster.txt")
    states = {name: line["state"] for name, line in lines.items() if name}
    assert states == {
        "ann": WAITING, "bob": WAITING, HOSTILE: WAITING,
        "cem": DONE, "dee": DONE, "new": NEW, "zoe": NOTHING,
    }  # fmt: skip
    assert lines["ann"]["waiting"] == list(ESSAYS)
    assert lines["ann"]["points"] == 25
    assert lines[""] == {NOTHING: 1, NEW: 1, WAITING: 3, DONE: 2, "late": 0}


def test_another_hand_in_is_to_be_graded_again(run: Run, a5, capsys):
    notebook = run.submitted / "dee" / ID / f"{ID}.ipynb"
    notebook.write_text(notebook.read_text() + " ")
    assert status(run, capsys)["dee"]["state"] == NEW


def test_penalties_enter_gradebook_status_and_totals(run: Run, late: Path, capsys):
    lines = status(run, capsys, "--late", late)
    assert penalties(run) == {"ann": 0, "bob": 2.3, "cem": 0, "dee": 0, HOSTILE: 5.5}
    assert lines["ann"]["late_minutes"] == 0  # 23:59:59 by the clock of Berlin
    assert lines["bob"]["late_minutes"] == 11 * 60 + 1
    assert (lines["bob"]["points"], lines["bob"]["penalty"]) == (20.7, 2.3)
    assert lines["cem"]["late_minutes"] is None  # no time of submission
    assert lines[""]["late"] == 2
    with Gradebook(run.db_url) as gradebook:
        submission = gradebook.find_submission(ID, "bob")
        assert submission.late_submission_penalty == 2.3
        assert submission.assignment.duedate.isoformat() == "2026-03-01T22:59:00"


def test_a_persons_points_count_in_the_penalty_and_the_policy_is_kept(run: Run, late, capsys):
    status(run, capsys, "--late", late)
    run.read_essay("bob", "analysis", 3.0)
    assert status(run, capsys)["bob"]["penalty"] == 2.6
    assert (run.out / "late.toml").is_file()


def test_an_extension_for_nobody_is_pointed_out(run: Run, late: Path, capsys):
    where = ("--submitted", run.submitted, "--out", run.out)
    assert run.command("status", *where, "--late", late) == 0
    said = capsys.readouterr()
    assert "extension for zoe" in said.err
    assert "11 h 1 min" in said.out


def test_feedback_holds_a_persons_points_comment_and_the_penalty(run: Run, late: Path):
    run.read_essay("bob", "analysis", 3.0, comment="Good. <script>alert(2)</script>")
    assert run.command("feedback", "--out", run.out, "--late", late) == 0
    page = (run.out / "feedback" / "bob" / ID / f"{ID}.html").read_text(encoding="utf-8")
    assert "3 of 4" in page
    assert "not read yet" in page  # the other two essays
    assert "Good." in page
    assert "<script>alert" not in page
    assert "−2.6" in page
    assert "23.4 of 35" in page
    unread = (run.out / "feedback" / HOSTILE / ID / f"{ID}.html").read_text(encoding="utf-8")
    assert "<script>alert(1)" not in unread


def test_grade_with_a_policy_makes_pages_with_the_penalty(run: Run, late: Path):
    words = ("grade", ID, "--submitted", run.submitted, "--out", run.out, "--workers", 1)
    assert run.command(*words, "--late", late) == 0
    page = (run.out / "feedback" / "bob" / ID / f"{ID}.html").read_text(encoding="utf-8")
    assert "handed in late" in page
    assert "20.7 of 35" in page


def test_a_graded_notebook_that_is_missing_is_named(run: Run, refused):
    (run.out / "autograded" / "bob" / ID / f"{ID}.ipynb").unlink()
    assert "bob" in refused("feedback", "--out", run.out)


@pytest.fixture
def anonymous(class_of_five: Path, bubblewrap, tmp_path: Path, late: Path) -> tuple[Run, Path]:
    """One student of the class, graded under a pseudonym, with an extension under the real name."""
    run = Run(tmp_path / "one", tmp_path / "out")
    hand_in(run.submitted, "ann", (class_of_five / "ann" / ID / f"{ID}.ipynb").read_text())
    make_key(tmp_path / "key")
    late.write_text(POLICY.replace("zoe", "ann"))
    words = ("grade", ID, "--submitted", run.submitted, "--out", run.out, "--workers", 1)
    key = ("--anonymous", tmp_path / "key")
    assert run.command(*words, "--seed", SEED, *key, "--late", late) == 0
    return run, tmp_path / "key"


def test_a_run_under_pseudonyms_holds_no_name(anonymous, capsys, refused, tmp_path: Path):
    run, key = anonymous
    name = read_key(key).pseudonym("ann")
    everything = [path for path in run.out.rglob("*") if path.is_file()]
    assert not any("ann" in path.parts for path in everything)
    for path in everything:
        if path.suffix in (".csv", ".toml", ".json", ".txt"):
            assert "ann" not in path.read_text().replace("annot", "")
    assert [s.student for s in read_book(run.db_url, ID)] == [name]
    assert name in (run.out / "late.toml").read_text()
    assert status(run, capsys, "--anonymous", key)[name]["points"] == 25
    grade = ("grade", ID, "--submitted", run.submitted, "--out", run.out)
    assert "graded with --anonymous" in refused(*grade)
    export = ("export", "csv", "--out", run.out, "--to", tmp_path / "marks.csv")
    assert run.command(*export) == 0
    assert name in (tmp_path / "marks.csv").read_text()
    assert run.command(*export, "--reveal", key, "--submitted", run.submitted) == 0
    assert (tmp_path / "marks.csv").read_text().splitlines()[1].startswith("ann,")
    make_key(tmp_path / "other")
    wrong = refused(*export, "--reveal", tmp_path / "other", "--submitted", run.submitted)
    assert "is it the right one" in wrong
    late = ("--late", run.out / "late.toml")
    assert "needs the key" in refused("feedback", "--out", run.out, *late)


def test_before_the_first_run_all_is_to_be_graded(class_of_five, tmp_path, capsys, refused):
    run = Run(class_of_five, tmp_path / "out")
    lines = status(run, capsys, ID)
    assert lines[""][NEW] == len(list(find_submissions(class_of_five, ID)))
    where = ("--submitted", run.submitted, "--out", run.out)
    assert "holds no finished run" in refused("status", *where)


def test_a_wrong_policy_is_told_before_anything_is_graded(class_of_five, tmp_path, refused):
    (tmp_path / "bad.toml").write_text("due = 1")
    where = ("--submitted", class_of_five, "--out", tmp_path / "out")
    assert "due is 1" in refused("grade", ID, *where, "--late", tmp_path / "bad.toml")
    assert not (tmp_path / "out").exists()
