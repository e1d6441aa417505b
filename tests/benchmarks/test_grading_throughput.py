"""The throughput benchmark: what it grades, and what it says; how fast is not judged here."""

from __future__ import annotations

import importlib.util
from argparse import Namespace
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
    # our start; theirs on one, theirs on two, ours, twice; ours with two workers
    took = iter([2.0, 5.0, 9.0, 4.0, 5.0, 11.0, 8.0, 2.0])
    monkeypatch.setattr(benchmark, "seconds", lambda call, *arguments: next(took))
    options = Namespace(submissions=4, baseline=2, rounds=2, workers=[1, 2])
    result = benchmark.measure(tmp_path, options)
    assert result == {
        "ratio_to_nbgrader": 3.56,
        "seconds_per_submission": 1.5,
        "nbgrader_seconds_per_submission": 5.0,
        "workers": {"1": 0.667, "2": 2.0},
        "start": 2.0,
    }
    assert "3.56" in benchmark.table(result, 4, result["start"])


def test_no_submissions_are_refused(benchmark, capsys):
    with pytest.raises(SystemExit, match="2"):
        benchmark.main(["--submissions", "0"])
    assert "numbers from 1 up" in capsys.readouterr().err
