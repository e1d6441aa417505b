"""Every export against a golden file, and what must not get lost or run on the way."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from autograder.export.canvas import canvas_csv
from autograder.export.gradescope import graded_results
from autograder.export.moodle import moodle_csv
from autograder.export.plain import plain_csv
from autograder.export.sheet import Sheet, make_sheet
from autograder.tables import as_written, csv_text, harmless
from autograder.term.book import Mark, Standing
from autograder.term.graded import Graded, Row
from autograder.term.late import LatePolicy, read_policy
from autograder.term.pseudonyms import make_key, read_key
from glaucam.errors import InputError
from tests.autograder.term.conftest import ID, Run

GOLDEN = Path(__file__).parent / "golden"
CHECK, ESSAY = "gradcam.values", "essay"
STUDENTS = {  # student → name, time, the judge's points, what it said, a person's points
    "ann": (("Ånn", "Ärm"), "2026-03-01 22:59", 5.0, ("passed", "", "Right."), 3.0),
    "bob": (("", ""), "2026-03-02 22:00", 2.5, ("partial", "no-relu", "a, \"b\" <i>c</i>"), None),
    "=cmd": (("", ""), None, 0.0, ("not checkable", "", "=1+1"), 0.0),
}  # fmt: skip


@pytest.fixture
def policy(tmp_path: Path) -> LatePolicy:
    (tmp_path / "late.toml").write_text("due = 2026-03-01T22:59:00Z\npenalty = 10\n")
    return read_policy(tmp_path / "late.toml")


@pytest.fixture
def sheet(policy: LatePolicy) -> Sheet:
    """Three students as a gradebook and a run have them: on time, late and unread, hostile."""
    rows, standings = [], []
    for student, ((last, first), time, points, said, essay) in STUDENTS.items():
        when = datetime.fromisoformat(time).replace(tzinfo=UTC) if time else None
        auto = None if said[0] == "not checkable" else points
        marks = (
            Mark(CHECK, 5.0, auto, None, 0.0, auto is None, ""),
            Mark(ESSAY, 4.0, None, essay, 0.0, essay is None, "good" if essay else ""),
        )
        late = policy.penalty(student, when, points)
        rows.append(Row(student, CHECK, points, 5.0, *said))
        standings.append(Standing(student, last, first, f"{student}@x.edu", when, marks, late))
    return make_sheet(Graded(Path(), "a0_test", 1, 2.0, tuple(rows)), standings, policy)


def like_golden(text: str, name: str) -> bool:
    return text == (GOLDEN / name).read_text(encoding="utf-8")


def test_plain_csv_is_as_it_was(sheet: Sheet):
    assert like_golden(plain_csv(sheet), "plain.csv")


def test_canvas_takes_logins_or_its_own_gradebook(sheet: Sheet):
    assert like_golden(canvas_csv(sheet, "Grad-CAM (1234)"), "canvas.csv")
    filled = canvas_csv(sheet, "Grad-CAM (1234)", GOLDEN / "canvas_roster.csv")
    assert like_golden(filled, "canvas_filled.csv")


def test_a_fault_of_the_grader_is_exported_as_no_mark_rather_than_a_zero(sheet: Sheet):
    totals = {line.name: line.total for line in sheet.lines}
    assert totals == {"=cmd": "", "ann": "8.00", "bob": "2.25"}


def test_canvas_would_accept_the_header(sheet: Sheet):
    """The rules of lib/gradebook_importer.rb: row_has_student_headers?, update_column_count."""
    header, points, *students = csv.reader(canvas_csv(sheet).splitlines())
    assert len(header) > 3
    assert "Student" in header[0]
    assert "ID" in header[1]
    assert header[2:5] == ["SIS User ID", "SIS Login ID", "Section"]
    assert "Points Possible" in points[0]
    assert all(len(row) == len(header) for row in (points, *students))


def test_moodle_takes_usernames_or_its_own_worksheet(sheet: Sheet):
    assert like_golden(moodle_csv(sheet), "moodle.csv")
    filled = moodle_csv(sheet, roster=GOLDEN / "moodle_worksheet.csv")
    assert like_golden(filled, "moodle_filled.csv")
    rows = list(csv.DictReader(filled.splitlines()))
    assert rows[0]["Identifier"] == "Participant 101"
    assert rows[3]["Grade"] == ""  # not ours: left as it was
    assert "<i>" not in filled


def test_gradescope_results_are_as_they_were(sheet: Sheet):
    made = {line.name: graded_results(line) for line in sheet.lines}
    assert like_golden(json.dumps(made, indent=1) + "\n", "gradescope.json")


def test_gradescope_would_accept_the_results(sheet: Sheet):
    """ "Autograder Specifications", Output format."""
    for line in sheet.lines:
        made = graded_results(line)
        assert made["score"] == line.standing.total
        assert made["visibility"] in ("hidden", "after_due_date", "after_published", "visible")
        for test in made["tests"]:
            assert isinstance(test["score"], float)
            assert test.get("status", "passed") in ("passed", "failed")
        judged = made["tests"][0]
        assert ("status" in judged) == (line.rows[0].outcome != "not checkable")


@pytest.mark.parametrize("fill", [canvas_csv, moodle_csv])
def test_marks_that_no_row_takes_are_told(sheet: Sheet, tmp_path: Path, fill):
    roster = {canvas_csv: "canvas_roster.csv", moodle_csv: "moodle_worksheet.csv"}[fill]
    lines = (GOLDEN / roster).read_text(encoding="utf-8").splitlines(keepends=True)
    (tmp_path / "few.csv").write_text("".join(line for line in lines if "bob" not in line))
    with pytest.raises(InputError, match=r"no row for 1 students with marks \(bob\)"):
        fill(sheet, roster=tmp_path / "few.csv")
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    with pytest.raises(InputError, match="no column"):
        fill(sheet, roster=tmp_path / "other.csv")


@pytest.mark.parametrize("text", ["=1", "+1", "-1+1", "@a", "\tx", "'=1", "a", "-5", "-", ""])
def test_cells_are_harmless_and_read_back(text: str):
    (row,) = csv.reader([csv_text([text], []).strip("\n")])
    assert row == [text]  # a header is ours
    cell = harmless(text)
    assert not cell.startswith(("=", "+", "@", "\t"))
    if text.isprintable() and not text.startswith("'"):
        assert as_written(cell) == text


@pytest.mark.jail
@pytest.mark.slow
def test_exports_of_a_graded_class(run: Run, tmp_path: Path, capsys, refused):
    to = tmp_path / "marks.csv"
    make_key(tmp_path / "key")
    words = ("export", "csv", "--out", run.out, "--to", to)
    assert run.command(*words, "--json") == 0
    said = capsys.readouterr()
    assert "3 totals are not final" in said.err
    assert json.loads(said.out)["students"] == 5
    assert run.command(*words, "--anonymous", tmp_path / "key") == 0
    names = [row["student"] for row in csv.DictReader(to.read_text().splitlines())]
    assert read_key(tmp_path / "key").pseudonym("ann") in names
    assert not {"ann", "bob", "cem", "dee"} & set(names)
    assert run.command("export", "gradescope", "--out", run.out, "--to", tmp_path / "gs") == 0
    ann = json.loads((tmp_path / "gs" / "ann" / "results.json").read_text())
    assert (ann["score"], len(ann["tests"])) == (25.0, 16)
    assert "needs --out" in refused("export", "canvas", "--to", to)
    assert "invalid choice: 'blackboard'" in refused("export", "blackboard", "--to", to)
    assert "needs an assignment" in refused("export", "gradescope-zip", "--to", to)
    assert "graded --anonymous" in refused(*words, "--reveal", tmp_path / "key")
    (run.out / "gradebook.db").unlink()
    assert "there is no gradebook" in refused(*words)
    assert ID in (run.out / "run.json").read_text()
