"""transfer.py and realism.py as commands: keys, baselines, and one line for bad input."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

pytestmark = pytest.mark.slow  # each starts a program
ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "datasets" / "samples"


def run(name, *arguments):
    command = [sys.executable, str(ROOT / "benchmarks" / f"{name}.py"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True)


@pytest.fixture(scope="module")
def row():
    done = run("transfer", "--model", "embedded", "--data", SAMPLES, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["samples"]


def test_a_row_has_the_keys_others_read(row):
    assert set(row) == {"n", "auroc", "low", "high", "vcdr_only", "trivial"}
    assert row["n"] == 6
    assert 0 <= row["low"] <= row["auroc"] <= row["high"] <= 1


def test_the_baseline_ranks_by_the_masks(row):
    from glaucam.data import ClassFolder
    from glaucam.metrics.classification import auroc

    data, ratios = ClassFolder(SAMPLES), []
    for i in range(len(data)):
        cup, disc = (np.flatnonzero(data.masks(i)[k].any(axis=1)) for k in ("cup", "disc"))
        ratios.append((cup[-1] - cup[0]) / (disc[-1] - disc[0]))
    assert row["vcdr_only"] == pytest.approx(auroc(data.labels, np.c_[np.zeros(6), ratios]))


def test_it_learns_from_phantoms_in_one_command(tmp_path):
    import shutil

    bare = tmp_path / "bare"
    for name in ("normal", "glaucoma"):
        shutil.copytree(SAMPLES / name, bare / name)
    done = run("transfer", "--train", 64, "--epochs", 1, "--data", bare, "--json")
    assert done.returncode == 0, done.stderr
    row = json.loads(done.stdout)["bare"]
    assert row["vcdr_only"] is None  # no masks there
    assert 0 <= row["auroc"] <= 1


def test_no_picture_moves_without_its_outlines(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    import torch
    from disc_crops import DRAWN, SIDE, lit_otherwise, zoomed_and_mirrored

    generator = torch.Generator().manual_seed(0)
    left = torch.zeros(64, 2, DRAWN, DRAWN, dtype=torch.uint8)
    left[..., : DRAWN // 2] = 255
    photos = 100 + left[:, :1].expand(-1, 3, -1, -1) // 4
    x, outlines = zoomed_and_mirrored(photos, left, generator)
    moved = torch.nn.functional.avg_pool2d(lit_otherwise(x, generator).mean(1), SIDE // 32)
    for picture, outline in zip(moved, outlines[:, 0], strict=True):
        assert torch.corrcoef(torch.stack([picture.flatten(), outline.flatten()]))[0, 1] > 0.5


def test_realism_names_the_most_telling_number():
    done = run("realism", "--n", 12, "--data", SAMPLES, "--json")
    assert done.returncode == 0, done.stderr
    row = json.loads(done.stdout)["samples"]
    assert row["alone"][row["most_telling"]] == pytest.approx(row["its_auroc"], abs=1e-3)
    assert max(row["alone"].values()) == row["alone"][row["most_telling"]]


@pytest.mark.parametrize("name", ["transfer", "realism"])
def test_a_folder_that_is_not_there_is_one_line(name):
    done = run(name, "--data", "/absent")
    assert done.returncode == 2
    assert done.stderr.strip().splitlines()[-1].endswith("give --data a class folder")
