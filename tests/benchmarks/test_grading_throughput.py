"""The throughput benchmark: what it grades, and what it says; how fast is not judged here."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import nbformat
import pytest

COMMAND = Path(__file__).parents[2] / "benchmarks" / "grading_throughput.py"


@pytest.fixture(scope="module")
def benchmark():
    spec = importlib.util.spec_from_file_location("grading_throughput", COMMAND)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_notebooks_hold_answers_and_checks_only(benchmark, tmp_path: Path):
    course = benchmark.lay_out(tmp_path, submissions=2)
    first, second = sorted((course / "submitted").rglob("*.ipynb"))
    assert first.read_bytes() != second.read_bytes()
    cells = nbformat.read(first, 4).cells
    assert all(cell.cell_type == "code" for cell in cells)
    assert "class GradCAM" in "".join(cell.source for cell in cells)
    assert sum("checks." in cell.source for cell in cells) > 10
    assert not any("plt." in cell.source for cell in cells)


def test_the_promised_figures_come_from_what_was_timed(benchmark, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(benchmark, "run", lambda command, at: None)
    took = iter([12.0, 3.0, 20.0, 4.0, 2.0])  # theirs, ours, theirs, ours, ours with two workers
    monkeypatch.setattr(benchmark, "seconds", lambda call, *arguments: next(took))
    result = benchmark.measure(tmp_path, submissions=2, workers=[1, 2], rounds=2)
    assert result == {
        "ratio_to_nbgrader": 4.5,
        "seconds_per_submission": 1.75,
        "nbgrader_seconds_per_submission": 8.0,
        "workers": {"1": 0.571, "2": 1.0},
    }
    assert "4.50" in benchmark.table(result, 2)


def test_no_submissions_are_refused(benchmark, capsys):
    with pytest.raises(SystemExit, match="2"):
        benchmark.main(["--submissions", "0"])
    assert "numbers from 1 up" in capsys.readouterr().err
