"""Building: fresh, the same bytes each time, valid for nbgrader, and nothing of the solution."""

import re
import subprocess
import sys

import nbformat
import pytest
from nbgrader.nbgraderformat import MetadataValidator

from autograder.build import ROOT, build, built_bytes, built_path, derived
from autograder.source import assignment_ids, read_source

# Lines that any code may hold; none of them helps a student who sees it.
INNOCENT = re.compile(r"try:|finally:|[\[\](){},]+|handle\.remove\(\)|ax\.set_axis_off\(\)")


@pytest.fixture(params=assignment_ids())
def source(request):
    return read_source(request.param)


def solution_lines(text):
    """The lines between the marks, without indent and comment."""
    for region in re.findall(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", text, re.DOTALL):
        for line in region.splitlines():
            bare = line.split("  #")[0].strip()
            if bare and not INNOCENT.fullmatch(bare):
                yield bare


def test_the_committed_notebook_is_fresh(source):
    assert derived(source.id).is_fresh, f"stale: run python -m autograder build {source.id}"


def test_bytes_are_the_same_in_another_process(source):
    code = (
        "import sys; from autograder.build import built_bytes; from autograder.source import "
        f"read_source; sys.stdout.buffer.write(built_bytes(read_source({source.id!r})))"
    )
    other = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True)
    assert other.stdout == built_bytes(source)


def test_nothing_of_a_solution_is_in_the_students_copy(source):
    released = nbformat.reads(built_bytes(source).decode(), 4)
    seen = {
        line.split("  #")[0].strip() for cell in released.cells for line in cell.source.splitlines()
    }
    lines = [line for text in source.solution_cells.values() for line in solution_lines(text)]
    assert len(lines) > 20
    assert [line for line in lines if line in seen] == []
    assert b"BEGIN SOLUTION" not in built_bytes(source)


def test_the_notebook_is_valid_and_says_where_it_comes_from(source):
    notebook = nbformat.reads(built_bytes(source).decode(), 4)
    nbformat.validate(notebook)
    MetadataValidator().validate_nb(notebook)
    assert notebook.metadata.generated["from"] == f"solutions/{source.id}.py"
    assert not any(cell.get("outputs") for cell in notebook.cells)
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)


def test_nbgrader_metadata_by_kind(source):
    built = {c.kind: [] for c in source.cells}
    notebook = nbformat.reads(built_bytes(source).decode(), 4)
    for cell, made in zip(source.cells, notebook.cells, strict=True):
        built[cell.kind].append(made.metadata.get("nbgrader"))
    assert all(m["solution"] and not m["grade"] and not m["locked"] for m in built["solution"])
    assert all(m["grade"] and m["locked"] and m["points"] > 0 for m in built["check"])
    assert all(m["locked"] and not m["grade"] for m in built["locked"])
    assert all(m is None for m in built["plain"])


def test_every_stub_is_code_that_runs(source):
    """Defining an unwritten function must not stop the notebook; only calling it may."""
    notebook = nbformat.reads(built_bytes(source).decode(), 4)
    namespace = {}
    for cell in notebook.cells:
        if cell.id.startswith(("locked-", "solution-")):
            assert "NotImplementedError" in cell.source or cell.id.startswith("locked-")
            exec(cell.source, namespace)


def test_check_reports_staleness_and_build_mends_it(tmp_path, capsys):
    name = assignment_ids()[0]
    assert build([name], check=True, out=tmp_path) == 1
    assert "stale" in capsys.readouterr().err
    assert not built_path(name, tmp_path).exists()
    assert build([name], out=tmp_path) == 0
    assert build([name], check=True, out=tmp_path) == 0
    built_path(name, tmp_path).write_bytes(b"{}")
    assert build([name], check=True, out=tmp_path) == 1
