"""What the embedded OCT model says of scans: counted, and shown beside phantoms."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

pytestmark = pytest.mark.slow  # each starts a program
ROOT = Path(__file__).parents[2]


def run(*arguments):
    command = [sys.executable, ROOT / "benchmarks" / "oct_transfer.py", *arguments]
    environment = {k: v for k, v in os.environ.items() if k != "GLAUCAM_REAL_DATA"}
    return subprocess.run(command, capture_output=True, text=True, env=environment)


def test_scans_are_counted_and_shown_beside_phantoms(tmp_path):
    folder, page = ROOT / "datasets" / "samples_oct", tmp_path / "page.png"
    done = run("--data", folder, "--sheet", page, "--json")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["classes"] == ["NORMAL", "CNV", "DME", "DRUSEN"]
    assert [sum(row) for row in said["confusion"]] == [1, 1, 1, 1]
    pixels = Image.open(page).convert("L")
    assert pixels.size == (1600, 1600)
    for column, shown in ((0, True), (4, True), (5, False)):  # four phantoms, one scan of a class
        tile = pixels.crop((200 * column, 0, 200 * column + 200, 200))
        assert (tile.getextrema()[1] > 60) == shown


@pytest.mark.parametrize("arguments", [[], ["--data", "absent"]])
def test_without_scans_one_line_says_what_to_give(arguments):
    done = run(*arguments)
    assert done.returncode == 2
    assert "give --data a class folder of OCT B-scans" in done.stderr.splitlines()[-1]
