"""The cards and samples say what the code does."""

from pathlib import Path

import numpy as np
import pytest
import yaml

import glaucam
from glaucam.data import ClassFolder, PhantomFundus, PhantomOct, check_folder
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
    assert {"licence", "citation", "layout", "made_by"} <= set(card)


def test_card_of_fundus_phantoms_gives_the_shares_of_views():
    card = yaml.safe_load((DATASETS / "phantom_fundus.yaml").read_text(encoding="utf-8"))
    assert card["views"] == VIEW_SHARES


@pytest.mark.parametrize(
    ("folder", "made", "command"),
    [
        ("samples", PhantomFundus(6, 23), "--n 6 --seed 23"),
        ("samples_oct", PhantomOct(4, 23), "--data phantom_oct --out datasets/samples_oct --n 4"),
    ],
)
def test_samples_are_what_the_readme_s_command_makes(folder, made, command):
    assert command in (DATASETS / "README.md").read_text(encoding="utf-8")
    kept = ClassFolder(DATASETS / folder)
    index = {name: i for i, name in enumerate(made.image_names)}
    assert (len(kept), kept.classes) == (len(made), made.classes)
    for i, item in enumerate(kept.items):
        phantom = made[index[item.path.stem]]
        assert phantom.label == kept.label(i)
        assert np.abs(kept.image(i).astype(int) - phantom.image).mean() < 2  # JPEG libraries differ
        for name, mask in kept.masks(i).items():
            assert (mask == phantom.masks[name]).mean() > 0.999


@pytest.mark.parametrize("folder", ["samples", "samples_oct"])
def test_samples_are_small_and_sound(folder):
    assert check_folder(DATASETS / folder).ok
    files = [path for path in (DATASETS / folder).rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 1_500_000
