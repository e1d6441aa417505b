"""A whole round of nbgrader with our judge in it: every step is the real command, or the browser.

generate → release → fetch → submit → collect → grade (ours) → essays by hand in formgrader →
feedback → fetch feedback → export, for twelve hand-ins of every kind.
"""

from __future__ import annotations

import csv
import json
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from subprocess import DEVNULL, Popen
from urllib.request import urlopen

import nbformat
import pytest
from nbformat import NotebookNode
from playwright.sync_api import Browser, Page, expect

from autograder.grade import Grades, grade
from autograder.release import instructor_notebook
from autograder.source import AssignmentSource, read_source
from autograder.verify import BANK, Entry, read_bank
from tests.autograder.school import School

ID = "a5_errors"
pytestmark = [pytest.mark.jail, pytest.mark.slow, pytest.mark.browser]
ESSAY = "The model errs on small discs. <script>document.title = 'stolen'</script>"
ESSAY_POINTS = 2.0  # given by hand to every essay of whoever wrote one
PATIENCE = 60_000  # ms for a page on a busy machine


def filled(released: NotebookNode, source: AssignmentSource, entry: Entry | None) -> NotebookNode:
    """The released notebook with the solution in it, an entry's cells instead of some, and essays.

    Cells that an entry brings along go before its first solution cell.
    """
    texts = {cell.id: cell.source for cell in source.cells if cell.kind == "solution"}
    extra = []
    for cell in entry.cells.cells if entry else ():
        if cell.kind == "solution":
            texts[cell.id] = cell.source
        else:
            extra.append(nbformat.v4.new_code_cell(cell.source))
    for cell in released.cells:
        marks = cell.metadata.get("nbgrader", {})
        if marks.get("solution") and cell.cell_type == "code":
            cell.source = texts[marks["grade_id"]]
        elif marks.get("solution"):
            cell.source = ESSAY
    first = next(i for i, c in enumerate(released.cells) if c.metadata.get("nbgrader"))
    released.cells[first:first] = extra
    return released


def without_metadata(notebook: NotebookNode) -> NotebookNode:
    """As some editors save it: no grading metadata, and one cell twice."""
    for cell in notebook.cells:
        cell.metadata.pop("nbgrader", None)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    notebook.cells.append(nbformat.from_dict({**code[0], "id": "again"}))
    return notebook


@pytest.fixture(scope="module")
def source() -> AssignmentSource:
    return read_source(ID)


@pytest.fixture(scope="module")
def school(bubblewrap: str, source: AssignmentSource, tmp_path_factory) -> School:
    """The assignment, generated and released by nbgrader."""
    school = School(tmp_path_factory.mktemp("school"), ID)
    place = school.course / "source" / ID
    place.mkdir(parents=True)
    nbformat.write(instructor_notebook(source), place / f"{ID}.ipynb")
    school.teach("generate_assignment", ID, "--create")
    school.teach("release_assignment", ID)
    return school


@pytest.fixture(scope="module")
def cast() -> dict[str, Entry]:
    """Students who hand in an entry of the bank: one in another style, four wrong, two hostile."""
    bank = read_bank(BANK / ID)
    wheat, attacks = ([e for e in bank if e.kind == kind] for kind in ("wheat", "attack"))
    chaffs = list({e.says: e for e in bank if e.kind == "chaff"}.values())
    students = {"other_style": wheat[0], "hostile_1": attacks[0], "hostile_2": attacks[-1]}
    return students | {f"wrong_{i}": chaff for i, chaff in enumerate(chaffs[:4])}


@pytest.fixture(scope="module")
def collected(school: School, source: AssignmentSource, cast: dict[str, Entry]) -> School:
    """Twelve students have fetched, worked and submitted; the instructor has collected."""
    others = ("perfect", "half", "empty", "damaged", "no_notebook")
    for student in (*others, *cast):
        school.study(student, "fetch_assignment", ID)
        paper = school.desk(student) / ID / f"{ID}.ipynb"
        notebook = filled(nbformat.read(paper, 4), source, cast.get(student))
        if student == "half":
            cells = [c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("solution")]
            cells[-1].source = "raise NotImplementedError"
            for cell in [c for c in cells if c.cell_type == "code"][1:]:
                cell.source = "raise NotImplementedError"
        if student == "damaged":
            notebook = without_metadata(notebook)
        if student != "empty":
            nbformat.write(notebook, paper)
        if student == "no_notebook":
            paper.write_text("this was my notebook")
        school.study(student, "submit", ID)
    school.teach("collect", ID)
    return school


@pytest.fixture(scope="module")
def grades(collected: School) -> Grades:
    return grade(ID, collected.course / "submitted", collected.course, seed=3)


def test_every_hand_in_arrived(collected: School):
    arrived = {path.parent.name for path in (collected.course / "submitted").glob(f"*/{ID}")}
    assert len(arrived) == 12


def test_the_grades_are_what_they_must_be(grades: Grades, cast: dict[str, Entry]):
    most = sum(points for id, points in grades.points.items() if id in checks(grades))
    total = {student: grades.total(student) for student in grades.judgements}
    assert total["perfect"] == total["other_style"] == total["damaged"] == most
    assert total["empty"] == total["no_notebook"] == 0
    assert 0 < total["half"] < most
    for student, entry in cast.items():
        if entry.kind == "chaff":
            named = {v.misconception for v in grades.judgements[student].verdicts.values()}
            assert entry.says in named, student
            assert total[student] < most


def checks(grades: Grades) -> set[str]:
    """The ids the judge decides; essays are a person's."""
    return set(grades.judgements["perfect"].verdicts)


@pytest.fixture(scope="module")
def formgrader(grades: Grades, collected: School) -> Iterator[str]:
    """The address of a formgrader that serves the course."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = ["--no-browser", "--allow-root", "--port", str(port), "--ServerApp.token="]
    command = [sys.executable, "-m", "jupyter", "server", *words]
    server = Popen(command, cwd=collected.course, stdout=DEVNULL, stderr=DEVNULL)
    address = f"http://127.0.0.1:{port}/formgrader"
    try:
        wait_for(address, server)
        yield address
    finally:
        server.terminate()
        server.wait(30)


def wait_for(address: str, server: Popen) -> None:
    """Until it answers; a failed test where it does not in time."""
    until = time.monotonic() + PATIENCE / 1000
    while server.poll() is None and time.monotonic() < until:
        try:
            urlopen(address, timeout=5).close()
            return
        except OSError:
            time.sleep(0.3)
    pytest.fail(f"formgrader did not start (exit {server.poll()})")


@pytest.fixture(scope="module")
def hand_graded(formgrader: str, grades: Grades, browser: Browser) -> list[str]:
    """Click through every submission in formgrader and give the essays their points.

    Returns the titles of the pages, in which a submission's script would have shown.
    """
    page = browser.new_page()
    page.set_default_timeout(PATIENCE)
    titles = give_points(page, formgrader, len(grades.judgements))
    page.close()
    return titles


def give_points(page: Page, formgrader: str, submissions: int) -> list[str]:
    titles = []
    page.goto(formgrader)
    page.get_by_role("link", name="Manual Grading").first.click()
    page.get_by_role("link", name=ID, exact=True).first.click()
    page.get_by_role("link", name=ID, exact=True).last.click()
    page.get_by_role("link", name="Submission #1", exact=True).click()
    for number in range(1, submissions + 1):
        expect(page.get_by_text(f"Submission {number} / {submissions}")).to_be_visible()
        waiting = page.locator("input.score.needs_manual_grade")
        page.wait_for_load_state("networkidle")  # which boxes wait is asked for after the page
        for left in reversed(range(waiting.count())):  # a box that has its points waits no longer
            waiting.first.fill(str(ESSAY_POINTS))
            page.keyboard.press("Tab")
            expect(waiting).to_have_count(left)
        titles.append(page.title())
        page.get_by_role("link", name="Next").click()
    return titles


def test_no_script_of_a_submission_runs_in_formgrader(hand_graded: list[str]):
    assert not any("stolen" in title for title in hand_graded)


@pytest.fixture(scope="module")
def returned(hand_graded: list[str], collected: School) -> School:
    """Feedback with the essays' points in it, released, and fetched by the students."""
    collected.teach("generate_feedback", ID, "--force")
    collected.teach("release_feedback", ID)
    for student in ("perfect", "wrong_0", "no_notebook"):
        collected.study(student, "fetch_feedback", ID)
    return collected


def feedback(school: School, student: str) -> str:
    (page,) = (school.desk(student) / ID / "feedback").glob("*/*.html")
    return page.read_text(encoding="utf-8")


def test_students_fetch_their_own_feedback(returned: School, cast: dict[str, Entry]):
    assert "what the judge found" in feedback(returned, "perfect")
    assert cast["wrong_0"].says in feedback(returned, "wrong_0")
    assert "<script>document.title" not in feedback(returned, "perfect")
    assert feedback(returned, "no_notebook")


def test_the_export_holds_the_judges_points_and_the_essays(
    returned: School, grades: Grades, source: AssignmentSource
):
    returned.teach("export", "--to=scores.csv")
    with (returned.course / "scores.csv").open() as file:
        scores = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    essays = ESSAY_POINTS * sum(cell.kind == "answer" for cell in source.cells)
    assert scores["perfect"] == pytest.approx(grades.total("perfect") + essays)
    assert scores["other_style"] == scores["perfect"]
    assert set(scores) == set(grades.judgements)


def test_the_run_is_recorded(grades: Grades, collected: School):
    assert json.loads((collected.course / "run.json").read_text())["seed"] == 3
    assert Path(collected.course / "feedback" / "perfect" / ID / "timestamp.txt").exists()
