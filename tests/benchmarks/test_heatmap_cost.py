"""The cost benchmark prints one JSON object of the promised form; how fast is not judged here."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow  # each starts a program
COMMAND = Path(__file__).parents[2] / "benchmarks" / "heatmap_cost.py"
QUICK = ["--nets", "retinal_cnn", "--batch", "2", "--size", "32", "--repeats", "1"]


def run(*options: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, str(COMMAND), *options], capture_output=True, text=True, timeout=120
    )


def test_json_has_one_row_per_network_and_batch():
    done = run(*QUICK, "--json")
    assert done.returncode == 0, done.stderr
    (row,) = json.loads(done.stdout)["rows"]
    assert set(row) == {"net", "batch", "ours", "peers"}
    assert (row["net"], row["batch"]) == ("retinal_cnn", 2)
    assert set(row["peers"]) == {"pytorch-grad-cam", "torch-cam", "captum"}
    assert all(ratio > 0 for ratio in (row["ours"], *row["peers"].values()))


def test_an_unknown_network_is_refused_in_one_line():
    done = run("--nets", "resnet19")
    assert done.returncode == 2
    assert "unknown network 'resnet19': known are retinal_cnn" in done.stderr
    assert "Traceback" not in done.stderr
