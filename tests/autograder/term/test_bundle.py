"""The students' bundle: all they need, nothing that gives an answer away, the same bytes again."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.judge.assignment import JUDGES
from autograder.source import BEGIN, AssignmentSource, assignment_ids, read_source
from autograder.term.bundle import bundle_files, write_bundle, zipped
from autograder.term.leaks import leaks, secret_lines
from autograder.verify import BANK
from glaucam.errors import InputError


@pytest.mark.parametrize("id", assignment_ids())
def test_every_assignment_has_a_bundle_without_a_leak(id: str):
    files = bundle_files(read_source(id))
    assert {f"{id}.ipynb", "README.md", "library/pyproject.toml"} <= set(files)
    assert not any("autograder" in name or "solution" in name for name in files)
    assert f"{id}.ipynb" in files["README.md"].decode()


def test_the_same_source_gives_the_same_bytes(tmp_path: Path):
    for name in ("one.zip", "two.zip"):
        write_bundle("a3_gradcam", tmp_path / name)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.testzip() is None


def test_folder_and_zip_hold_the_same_files(tmp_path: Path):
    files = write_bundle("a3_gradcam", tmp_path / "folder")
    with zipfile.ZipFile(io.BytesIO(zipped(files))) as archive:
        for name in archive.namelist():
            assert archive.read(name) == (tmp_path / "folder" / name).read_bytes()


def test_the_library_of_a_bundle_runs_by_itself(tmp_path: Path):
    """What the notebook imports first, from the bundle alone: the package and its model."""
    write_bundle("a3_gradcam", tmp_path / "folder")
    code = (
        "import glaucam\nfrom glaucam.checks import a3_gradcam\n"
        "from glaucam.training.embedded import embedded_model\n"
        "assert embedded_model().model\nprint(glaucam.__file__)"
    )
    path = str(tmp_path / "folder" / "library" / "course")
    done = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": path}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(path)


def planted(source: AssignmentSource, line: str) -> dict[str, bytes]:
    """The bundle with one more line in a cell of its notebook."""
    files = bundle_files(source, library=False)
    notebook = json.loads(files[f"{source.id}.ipynb"])
    notebook["cells"][3]["source"] += f"\n{line}"
    return {**files, f"{source.id}.ipynb": json.dumps(notebook).encode()}


def some_lines(source: AssignmentSource) -> dict[str, str]:
    """One line each of the solution, of the judge and of the bank, that is secret."""
    secret = secret_lines(source)
    cells = "\n".join(cell.source for cell in source.cells)
    places = {
        "solution": cells.partition(BEGIN)[2],
        "judge": "\n".join(p.read_text() for p in sorted((JUDGES / source.id).glob("*.py"))),
        "bank": "\n".join(p.read_text() for p in sorted((BANK / source.id / "chaff").glob("*"))),
    }
    return {
        place: next(line for line in text.splitlines() if "".join(line.split()) in secret)
        for place, text in places.items()
    }


def test_a_line_of_solution_judge_or_bank_is_found(source: AssignmentSource):
    assert list(leaks(source, planted(source, "x = 1"))) == []
    for place, line in some_lines(source).items():
        (found,) = leaks(source, planted(source, f"    {line}"))
        assert "holds a line of the instructors'" in found, place


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("bank/chaff/x.py", b"", "lies in a folder 'bank'"),
        ("library/course/solutions/a.py", b"", "lies in a folder 'solutions'"),
        ("notes.md", b"### BEGIN SOLUTION", "holds '### BEGIN SOLUTION'"),
        ("notes.md", b"see autograder.judge.a3", "holds 'autograder.judge'"),
    ],
)
def test_instructors_folders_and_marks_are_found(source, name: str, content: bytes, said: str):
    (found,) = leaks(source, {name: content})
    assert said in found


def test_outputs_in_a_notebook_are_found(source: AssignmentSource):
    files = bundle_files(source, library=False)
    notebook = json.loads(files[f"{source.id}.ipynb"])
    next(c for c in notebook["cells"] if c["cell_type"] == "code")["execution_count"] = 7
    (found,) = leaks(source, {"a.ipynb": json.dumps(notebook).encode()})
    assert "holds outputs" in found


def test_a_leaking_source_is_not_released(source: AssignmentSource):
    """An instructor pastes a line of the judge into a plain cell of the notebook's text."""
    cells = list(source.cells)
    line = some_lines(source)["judge"]
    stub = 'raise NotImplementedError("autograder.judge")'
    cells[0] = replace(cells[0], source=f"{cells[0].source}\n{stub}\n{line}")
    with pytest.raises(InputError, match="is not released"):
        bundle_files(replace(source, cells=tuple(cells)), library=False)


def test_release_says_what_it_did_and_what_is_wrong(tmp_path: Path, refused, capsys):
    from autograder.__main__ import main

    to = tmp_path / "bundle.zip"
    assert main(["release", "a3_gradcam", "--to", str(to), "--without-library", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["files"] == ["README.md", "a3_gradcam.ipynb"]
    assert "a3_gradcam" in refused("release", "a3_gradcma", "--to", to)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    assert "not empty" in refused("release", "a3_gradcam", "--to", tmp_path / "full")
    assert "--to" in refused("release", "a3_gradcam")
