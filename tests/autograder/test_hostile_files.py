"""Hand-ins that attack as files, all in one folder with an honest one, graded by one command."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path

import nbformat
import pytest

from autograder.__main__ import main
from autograder.hostile_files import EVERYTHING, HOSTILE_FILES, SCRIPT
from autograder.source import AssignmentSource
from tests.autograder.conftest import ID
from tests.autograder.submissions import hand_in, notebook

pytestmark = [pytest.mark.jail, pytest.mark.slow, pytest.mark.xdist_group("jail")]
NAME = '";document.title="stolen";"<b>'  # nbgrader's formgrader puts names into scripts as they are
LOUD = """
import sys
word = "printed " + "aloud"
class GradCAM:
    print(word); print(word, file=sys.stderr)
    def __init__(self, model, layer): print(word)
    def __call__(self, images, class_index):
        print(word * 1000); get_ipython().system("echo " + word); raise ValueError("silent")
"""


@pytest.fixture(scope="module")
def graded(bubblewrap: str, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    for name, file in HOSTILE_FILES.items():
        path = folder / "in" / name / ID / f"{ID}.ipynb"
        path.parent.mkdir(parents=True)
        file.plant(path, json.loads(nbformat.writes(notebook())))
    hand_in(folder / "in", "zz_honest", notebook())
    hand_in(folder / "in", "loud", notebook({"gradcam": LOUD}))
    hand_in(folder / "in", NAME, notebook())
    words = ["--submitted", str(folder / "in"), "--out", str(folder / "out"), "--workers", "1"]
    assert main(["grade", ID, *words]) == 0
    return folder / "out"


def points(out: Path) -> dict[str, float]:
    found: dict[str, float] = {}
    with (out / "grades.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found[row["student"]] = found.get(row["student"], 0) + float(row["points"])
    return found


def test_each_scores_what_its_answers_are_worth(graded: Path, source: AssignmentSource):
    most = sum(source.points.values())
    worth = {n: most if f.worth == EVERYTHING else 0 for n, f in HOSTILE_FILES.items()}
    found = points(graded)
    assert {name: found[name] for name in worth} == worth
    assert found["zz_honest"] == most


def test_no_page_holds_their_script_or_what_they_point_at(graded: Path):
    root = Path("/etc/passwd").read_text().splitlines()[0]
    for path in (p for p in graded.rglob("*") if p.suffix in (".html", ".ipynb", ".csv", ".txt")):
        text = path.read_text(encoding="utf-8")
        assert root not in text, path
        assert "document.title='stolen'</script>" not in text, path
        assert path.stat().st_size < 4 << 20, path
    assert SCRIPT.startswith("<img")


def test_what_is_printed_while_the_judge_asks_reaches_nobody(graded: Path):
    """Neither what cells print nor what calls do, on either stream or from a shell."""
    for path in graded.rglob("*loud*/**/*"):
        assert path.is_dir() or "printed aloud" not in path.read_text(encoding="utf-8")
    assert "printed aloud" not in (graded / "grades.csv").read_text()
    assert "printed aloud" not in (graded / "results" / "loud.json").read_text()
    assert "silent" in (graded / "feedback" / "loud" / ID / f"{ID}.html").read_text()


def test_a_name_that_is_a_script_becomes_a_name(graded: Path):
    names = {path.name for path in (graded / "feedback").iterdir()}
    (safe,) = (name for name in names if "stolen" in name)
    assert not set(safe) & set('<>"')
    assert f"{safe}.json" in os.listdir(graded / "results")
