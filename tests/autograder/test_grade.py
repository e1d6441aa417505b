"""`grade` as an instructor runs it: a folder in; grades, gradebook and feedback out."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder.__main__ import main
from autograder.grade import COLUMNS
from autograder.gradebook.page import TABLES
from autograder.jail.syscalls import program
from autograder.judge.check import OUTCOMES
from autograder.source import ROOT, AssignmentSource, grade_id
from tests.autograder.conftest import ID, SEED
from tests.autograder.submissions import hand_in, notebook

pytestmark = [pytest.mark.jail, pytest.mark.slow, pytest.mark.xdist_group("jail")]

INJECTION = '<script>alert(1)</script><img src=x onerror="alert(2)">'
HOSTILE = {
    "target_layer": f"raise ValueError('''=cmd|' /C calc'!A0\\n{INJECTION}\ud83d\ude00''')",
    "gradcam": f'"""{INJECTION}"""\n# <!-- </script>\nclass GradCAM: pass',
    "contrast": "class Worse(Exception): pass\n"
    "Worse.__name__ = '=1+1<b>\\ud800'\nraise Worse('\\ud800')",
}


def folder_of_four(folder: Path) -> Path:
    """Right, right but for one cell, no notebook, and hostile text wherever text is shown."""
    hand_in(folder, "ann", notebook())
    half = notebook({"gradcam": "class GradCAM:\n    pass"})
    (hand_in(folder, "bob", half).parent / "timestamp.txt").write_text("2026-01-05 10:00:00 UTC")
    hand_in(folder, "cem", b"PK\x03\x04")
    hand_in(folder, "=dee", notebook(HOSTILE))
    return folder


def command(submitted: Path, out: Path, *options: object) -> list[str]:
    words = ["grade", ID, "--submitted", submitted, "--out", out, "--seed", SEED, *options]
    return [sys.executable, "-m", "autograder", *map(str, words)]


def again(submitted: Path, out: Path, *options: object) -> int:
    """The same command in this process, which has torch already; its exit code."""
    return main(command(submitted, out, *options)[3:])


def rows(out: Path) -> list[dict[str, str]]:
    with (out / "grades.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def totals(out: Path) -> dict[str, float]:
    found: dict[str, float] = {}
    for row in rows(out):
        found[row["student"]] = found.get(row["student"], 0) + float(row["points"])
    return found


def bytes_of(out: Path) -> dict[str, str]:
    """Every file of a run, but the database, and its digest."""
    files = [p for p in sorted(out.rglob("*")) if p.is_file() and p.suffix != ".db"]
    return {str(p.relative_to(out)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


@pytest.fixture(scope="module")
def submitted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return folder_of_four(tmp_path_factory.mktemp("submitted"))


@pytest.fixture(scope="module")
def graded(bubblewrap, submitted: Path, tmp_path_factory) -> tuple[Path, dict]:
    """The folder graded one after the other, and what --json printed."""
    out = tmp_path_factory.mktemp("graded") / "out"
    words = command(submitted, out, "--workers", 1, "--json")
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return out, json.loads(done.stdout)


def test_grades_csv_is_as_promised(graded, source: AssignmentSource):
    out, _ = graded
    found = rows(out)
    assert list(found[0]) == list(COLUMNS)
    assert {row["outcome"] for row in found} <= set(OUTCOMES)
    checks = [row["check"] for row in found if row["student"] == "ann"]
    assert checks == list(source.points)
    for row in found:
        assert row["assignment"] == ID
        assert row["points"] == f"{float(row['points']):.2f}"
        assert row["max_points"] == f"{source.points[row['check']]:.2f}"
        assert row["message"]


def test_points_are_what_the_work_is_worth(graded, source: AssignmentSource):
    points = totals(graded[0])
    assert points["ann"] == sum(source.points.values())
    assert points["cem"] == 0
    lost = {
        row["check"]
        for row in rows(graded[0])
        if row["student"] == "bob"
        if float(row["points"]) == 0
    }
    assert lost == {id for id in source.points if id.startswith("gradcam.")}
    assert all(
        row["misconception"] == "unreadable" for row in rows(graded[0]) if row["student"] == "cem"
    )


def test_json_says_the_same_as_the_table(graded, source: AssignmentSource):
    out, said = graded
    assert said["seed"] == SEED
    assert said["max_points"] == sum(source.points.values())
    assert {k: v["points"] for k, v in said["students"].items()} == pytest.approx(
        {k.removeprefix("'"): v for k, v in totals(out).items()}
    )


def test_the_run_keeps_its_seed_and_what_it_was_made_with(graded):
    run = json.loads((graded[0] / "run.json").read_text())
    assert run["seed"] == SEED
    assert run["submissions"] == 4
    assert run["seconds"] > 0
    assert run["walls"]["jail"].startswith("bubblewrap")
    assert run["walls"]["system calls"] == ("filtered" if program() else "all (no libseccomp)")
    assert {"python", "torch", "nbgrader", "glaucam"} <= set(run["versions"])


def test_the_gradebook_holds_the_same_scores(graded, source: AssignmentSource):
    out, said = graded
    with Gradebook(f"sqlite:///{out / 'gradebook.db'}") as gradebook:
        for student, result in said["students"].items():
            submission = gradebook.find_submission(ID, student)
            assert submission.score == pytest.approx(result["points"])
            assert submission.max_score == sum(source.points.values())
            grades = {g.cell.name: g.auto_score for g in submission.notebooks[0].grades}
            assert set(grades) == {grade_id(id) for id in source.points}
        assert gradebook.find_submission(ID, "bob").timestamp.isoformat() == "2026-01-05T10:00:00"


def test_feedback_lies_where_nbgrader_releases_it_from(graded):
    out, said = graded
    for student in said["students"]:
        page = (out / "feedback" / student / ID / f"{ID}.html").read_text(encoding="utf-8")
        assert "gradcam.values" in page
        assert TABLES in page.split("</head>")[0]
    perfect = (out / "feedback" / "ann" / ID / f"{ID}.html").read_text(encoding="utf-8")
    assert "Your result: 25 of 25 points" in perfect


def test_what_students_write_cannot_run_in_feedback_or_spreadsheet(graded):
    out, _ = graded
    page = (out / "feedback" / "=dee" / ID / f"{ID}.html").read_text(encoding="utf-8")
    assert "alert(1)" in page  # it is shown …
    assert "<script>alert(1)" not in page  # … as text
    assert "<img src=x" not in page.replace("&lt;img", "")
    for row in rows(out):
        for text in row.values():
            assert not text.startswith(("=", "+", "-", "@", "\t", "\r"))
            assert text.isprintable()
    assert "'=dee" in totals(out)


def test_a_finished_run_repeated_changes_no_byte(graded, submitted: Path):
    before = bytes_of(graded[0])
    assert again(submitted, graded[0], "--workers", 1) == 0
    assert bytes_of(graded[0]) == before


def test_a_run_with_another_seed_does_not_mix_with_it(graded, submitted: Path, capsys):
    assert again(submitted, graded[0], "--seed", SEED + 1) == 2
    (line,) = capsys.readouterr().err.strip().splitlines()
    assert f"holds a run with seed {SEED}" in line


def ended(true: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.02)
    return true()


def descendants(root: int) -> set[int]:
    """Process ids below ``root``."""
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text().rsplit(")", 1)[1].split()[1])
        except OSError:
            continue  # it ended meanwhile
    found = {root}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {root}


def test_killed_with_two_workers_and_resumed_with_one_it_gives_the_same_bytes(
    graded, submitted: Path, tmp_path: Path
):
    """Killed after the first result; nothing of it lives on; then finished, serial as parallel."""
    out = tmp_path / "out"
    with subprocess.Popen(
        command(submitted, out, "--workers", 2), cwd=ROOT, stderr=subprocess.DEVNULL
    ) as run:
        results = out / "results"
        assert ended(lambda: len(list(results.glob("[!.]*.json"))) >= 2, 120)  # cem's is at once
        family = descendants(run.pid)
        run.send_signal(signal.SIGKILL)
        run.wait()
    assert family
    assert ended(lambda: not any(Path(f"/proc/{pid}").exists() for pid in family), 20)
    assert not (out / "grades.csv").exists()
    kept = {p: p.stat().st_mtime_ns for p in results.glob("[!.]*.json")}
    assert again(submitted, out, "--workers", 1) == 0
    assert {p: p.stat().st_mtime_ns for p in kept} == kept  # what was judged is not judged again
    ours, theirs = bytes_of(out), bytes_of(graded[0])
    assert (out / "grades.csv").read_text() == (graded[0] / "grades.csv").read_text()
    assert {k: v for k, v in ours.items() if k.startswith("feedback/")} == {
        k: v for k, v in theirs.items() if k.startswith("feedback/")
    }


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: None, "is not a folder"),
        (lambda path: path.mkdir(), "holds no submissions"),
        (lambda path: path.write_text("text"), "is not a folder"),
        (lambda path: (path / "ann" / "a1_eyes").mkdir(parents=True), "holds no submissions"),
    ],
    ids=["nothing", "empty", "a file", "other assignment"],
)
def test_nothing_to_grade_is_told_in_one_line(bubblewrap, tmp_path: Path, make, said, capsys):
    make(tmp_path / "submitted")
    words = ["--submitted", str(tmp_path / "submitted"), "--out", str(tmp_path / "out")]
    assert main(["grade", ID, *words]) == 2
    (line,) = capsys.readouterr().err.strip().splitlines()
    assert said in line
    assert not (tmp_path / "out").exists()


def test_a_folder_of_something_else_is_not_written_into(bubblewrap, submitted, tmp_path, capsys):
    (tmp_path / "run.json").write_text("{}")
    assert again(submitted, tmp_path) == 2
    assert "is not a run of ours" in capsys.readouterr().err
    assert os.listdir(tmp_path) == ["run.json"]
