"""A judge is mended: who changes is seen first, then applied; what people gave stays."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

import autograder.run
from autograder.judge.assignment import load_assignment
from autograder.judge.check import failed
from autograder.term import regrade
from autograder.term.book import Standing, read_book
from tests.autograder.term.conftest import ESSAYS, ID, SEED, Run, hand_in, solved

pytestmark = [pytest.mark.jail, pytest.mark.slow, pytest.mark.xdist_group("jail")]

CHECK = "error_table.band"


@pytest.fixture
def two(run: Run) -> Run:
    """The graded class, of which two students remain: what is judged again is judged for real."""
    for student in ("cem", "dee", "@eve<i>"):
        shutil.rmtree(run.submitted / student)
    lines = (run.out / "grades.csv").read_text().splitlines(keepends=True)
    kept = [line for line in lines if line.startswith(("student,", "ann,", "bob,"))]
    (run.out / "grades.csv").write_text("".join(kept))
    return run


@pytest.fixture
def mended(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on the judge has another digest, and one check of it decides otherwise."""
    checks = load_assignment(ID).checks
    stricter = replace(checks[CHECK], rule=lambda bench, secret: failed("Now wrong.", "strict"))
    monkeypatch.setitem(checks, CHECK, stricter)
    monkeypatch.setattr(autograder.run, "judge_digest", lambda assignment: "mended")


def words(run: Run, *more: object) -> tuple[object, ...]:
    where = ("--submitted", run.submitted, "--out", run.out, "--workers", 1)
    return ("regrade", ID, *where, *more)


def standing(run: Run, student: str) -> Standing:
    return next(s for s in read_book(run.db_url, ID) if s.student == student)


def files(folder: Path) -> dict[str, bytes]:
    return {str(p): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_preview_writes_nothing_and_apply_keeps_what_people_gave(two: Run, mended, a5, capsys):
    two.read_essay("ann", "analysis", 3.5, comment="clear")
    two.read_essay("bob", CHECK, 1.0)  # a person overruled the judge here
    before = files(two.out)

    assert two.command(*words(two, "--json")) == 0
    said = json.loads(capsys.readouterr().out)
    assert files(two.out) == before
    assert said["seed"] == SEED
    assert said["applied"] is False
    assert said["students"] == {"ann": -2.0, "bob": -2.0}
    change = next(c for c in said["changes"] if c["student"] == "ann")
    assert (change["check"], change["by"]) == (CHECK, -2.0)
    assert change["before"]["outcome"] == "passed"
    assert change["after"]["misconception"] == "strict"

    notebook = solved(a5, entry="fp_fn_swapped", essay="Written anew.")
    shutil.rmtree(two.submitted / "bob")
    hand_in(two.submitted, "bob", notebook)
    two.read_essay("bob", "analysis", 1.5)  # for the text that was handed in before

    assert two.command(*words(two, "--apply")) == 0
    assert "band: 2 (passed) → 0 (failed, strict)" in capsys.readouterr().out
    ann, bob = standing(two, "ann"), standing(two, "bob")
    marks = {mark.id: mark for mark in ann.marks}
    assert (marks["analysis"].points, marks["analysis"].comment) == (3.5, "clear")
    assert ann.waiting == list(ESSAYS[1:])  # what was read, and is unchanged, is not read again
    assert marks[CHECK].points == 0
    assert CHECK in bob.waiting  # overruled when the judge said otherwise: look again
    assert "analysis" in bob.waiting  # the text is another
    assert {m.id: m.points for m in bob.marks}[CHECK] == 1.0

    (kept,) = (two.out / "history").iterdir()
    assert kept.name.startswith("001-")
    assert (kept / "grades.csv").read_bytes() == before[str(two.out / "grades.csv")]
    assert "strict" in (kept / "changes.csv").read_text()
    with Gradebook(f"sqlite:///{kept / 'gradebook.db'}") as old:
        assert old.find_grade("error_table-band", ID, ID, "ann").auto_score == 2
    page = (two.out / "feedback" / "ann" / ID / f"{ID}.html").read_text()
    assert "Now wrong." in page
    assert "3.5 of 4" in page
    assert json.loads((two.out / "run.json").read_text())["judge"] == "mended"
    assert not two.out.with_name("out.regrade").exists()


def test_killed_while_applying_it_is_finished_by_the_same_command(
    two: Run, monkeypatch: pytest.MonkeyPatch
):
    """What is staged was judged already, so that no kernel is started here."""
    staged = two.out.with_name("out.regrade")
    shutil.copytree(two.out / "results", staged / "results")
    shutil.copy(two.out / "run.json", staged / "run.json")
    two.read_essay("ann", "analysis", 3.5)

    def killed(*_arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(regrade, "grade", after(1, regrade.grade, killed))
        with pytest.raises(KeyboardInterrupt):
            two.command(*words(two, "--apply"))
    assert not list((two.out / "feedback").glob("*/*/*.html"))  # killed in the middle of it
    assert two.command(*words(two, "--apply")) == 0
    assert [p.name[:3] for p in (two.out / "history").iterdir()] == ["001"]
    assert "analysis" not in standing(two, "ann").waiting
    assert (two.out / "feedback" / "ann" / ID / f"{ID}.html").is_file()
    assert not staged.exists()


def after(calls: int, first: object, then: object):
    """A function that is ``first`` for so many calls, and ``then`` afterwards."""
    left = [calls]

    def call(*arguments: object) -> object:
        left[0] -= 1
        return (first if left[0] >= 0 else then)(*arguments)

    return call


def test_there_must_be_a_run_to_regrade(run: Run, tmp_path: Path, refused):
    where = ("--submitted", run.submitted, "--out")
    assert "holds no finished run" in refused("regrade", ID, *where, tmp_path / "none")
    assert f"holds a run of {ID}" in refused("regrade", "a3_gradcam", *where, run.out)


def test_a_folder_that_is_no_regrade_is_left_alone(run: Run, refused):
    beside = run.out.with_name("out.regrade")
    beside.mkdir()
    (beside / "mine.txt").write_text("mine")
    assert "is no regrade of ours" in refused(*words(run))
    assert (beside / "mine.txt").exists()


def test_half_applied_by_another_judge_it_is_not_thrown_away(run: Run, refused):
    beside = run.out.with_name("out.regrade")
    beside.mkdir()
    (beside / "run.json").write_text(json.dumps({"assignment": ID, "seed": SEED, "judge": "old"}))
    (beside / "applying.txt").write_text("001-2026-03-01\n")
    assert "was being applied" in refused(*words(run))
    assert (beside / "applying.txt").exists()


def test_a_regrade_of_names_does_not_mix_with_pseudonyms(run: Run, refused):
    (run.out / "pseudonyms.txt").write_text("0123456789abcdef\n")
    assert "graded with --anonymous" in refused(*words(run))
