"""The cards and samples say what the code does."""

from pathlib import Path

import numpy as np
import pytest
import yaml

import glaucam
from glaucam.data import ClassFolder, PhantomFundus, check_folder
from glaucam.data.phantoms.fundus import VIEW_SHARES

DATASETS = Path(__file__).parents[2] / "datasets"


@pytest.mark.parametrize("path", sorted(DATASETS.glob("*.yaml")), ids=lambda path: path.stem)
def test_card_agrees_with_the_registered_class(path):
    card = yaml.safe_load(path.read_text(encoding="utf-8"))
    entry = glaucam.DATASETS[card["name"]]
    assert path.stem == card["name"] == entry.name
    assert (card["title"], card["task"]) == (entry.title, entry.task)
    assert tuple(card["classes"]) == entry.classes
    assert tuple(card["structures"]) == entry.structures
    assert set(card["related"]) <= set(glaucam.DATASETS)
    assert card["views"] == VIEW_SHARES
    assert {"licence", "citation", "layout", "made_by"} <= set(card)


def test_samples_are_what_the_readme_s_command_makes():
    assert "--n 6 --seed 23" in (DATASETS / "README.md").read_text(encoding="utf-8")
    made, kept = PhantomFundus(6, 23), ClassFolder(DATASETS / "samples")
    index = {name: i for i, name in enumerate(made.image_names)}
    assert len(kept) == 6
    for i, item in enumerate(kept.items):
        phantom = made[index[item.path.stem]]
        assert phantom.label == kept.label(i)
        assert np.abs(kept.image(i).astype(int) - phantom.image).mean() < 2  # JPEG libraries differ
        for name, mask in kept.masks(i).items():
            assert (mask == phantom.masks[name]).mean() > 0.999


def test_samples_are_small_and_sound():
    assert check_folder(DATASETS / "samples").ok
    files = [path for path in (DATASETS / "samples").rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 1_500_000
