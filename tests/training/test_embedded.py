"""The embedded model is what its header says, and its recipe reproduces it."""

import os
from pathlib import Path

import pytest
import torch

from glaucam.data import PhantomFundus, Preprocessing
from glaucam.errors import CheckpointError
from glaucam.metrics.classification import auroc
from glaucam.training import embedded
from glaucam.training.checkpoint import load_checkpoint
from glaucam.training.examples import load_examples
from glaucam.training.phantom_worker import phantom_examples
from glaucam.training.predict import predict

# Another processor sums in another order, and twelve epochs enlarge that. AUROC differed by .002
# between two machines, and by about .01 between seeds of the recipe.
TOLERANCE = {"auroc": 0.03, "sensitivity_at_specificity": 0.15, "lift": 0.5}


@pytest.fixture(scope="module")
def checkpoint():
    return load_checkpoint(embedded.PACKAGED)


def test_the_committed_file_is_small_and_of_the_recipe(checkpoint):
    recipe, preprocessing = embedded.embedded_recipe()
    assert embedded.PACKAGED.stat().st_size < 500_000
    assert checkpoint.header["recipe"] == recipe.to_dict()
    assert checkpoint.header["data"]["severity"] == embedded.SEVERITY
    assert checkpoint.preprocessing == preprocessing
    assert checkpoint.classes == ("normal", "glaucoma")
    assert 0 < checkpoint.threshold < 1
    assert "phantom" in checkpoint.header["seen"]


def test_the_headers_figures_are_good_enough_to_teach_with(checkpoint):
    assert checkpoint.header["metrics"]["n"] >= 300
    assert checkpoint.header["metrics"]["auroc"] >= 0.88
    assert checkpoint.header["heat"]["gradcam"]["lift"] > 1.5


def test_the_figures_hold_on_phantoms_nobody_has_seen(checkpoint):
    fresh = PhantomFundus(160, 90210, embedded.phantoms())
    examples = load_examples(fresh, checkpoint.preprocessing, progress=False)
    found = auroc(examples.labels.numpy(), predict(checkpoint.model, examples.images).numpy())
    assert found == pytest.approx(checkpoint.header["metrics"]["auroc"], abs=0.07)  # n = 160


def test_the_heat_in_the_header_is_what_the_file_gives(checkpoint):
    again = embedded.heat_on_disc(checkpoint.model, embedded.SEEDS["test"], embedded.HEATED)
    for name in ("gradcam", "centre_gaussian"):
        assert again[name]["lift"] == pytest.approx(
            checkpoint.header["heat"][name]["lift"], abs=0.02
        )


@pytest.mark.slow
def test_the_recipe_from_nothing_gives_the_same_figures(checkpoint, tmp_path, monkeypatch):
    threads = torch.get_num_threads()
    torch.set_num_threads(min(2, os.cpu_count() or 1))
    try:
        again = load_checkpoint(embedded.train_embedded(tmp_path / "again", progress=False)).header
    finally:
        torch.set_num_threads(threads)
    for name in ("auroc", "sensitivity_at_specificity"):
        expected = checkpoint.header["metrics"][name]
        assert again["metrics"][name] == pytest.approx(expected, abs=TOLERANCE[name])
    expected = checkpoint.header["heat"]["gradcam"]["lift"]
    assert again["heat"]["gradcam"]["lift"] == pytest.approx(expected, abs=TOLERANCE["lift"])


@pytest.fixture
def small_recipe(monkeypatch):
    """The same path with few phantoms and one epoch."""
    from glaucam.training.recipe import Recipe

    monkeypatch.setattr(embedded, "COUNTS", {"train": 12, "val": 8, "test": 8})
    monkeypatch.setattr(embedded, "HEATED", 4)
    tiny = Recipe(epochs=1), Preprocessing(size=32)
    monkeypatch.setattr(embedded, "embedded_recipe", lambda: tiny)


def test_a_missing_file_is_trained_into_place(small_recipe, tmp_path, monkeypatch):
    monkeypatch.setattr(embedded, "PACKAGED", tmp_path / "models" / embedded.NAME)
    trained = embedded.embedded_model(progress=False)
    assert (tmp_path / "models" / embedded.NAME).is_file()
    assert trained.header["heat"]["n"] == 4
    written = (tmp_path / "models" / embedded.NAME).read_bytes()
    embedded.embedded_model(progress=False)  # found, not trained again
    assert (tmp_path / "models" / embedded.NAME).read_bytes() == written


def test_where_the_package_is_read_only_the_users_cache_is_taken(tmp_path, monkeypatch):
    monkeypatch.setattr(embedded, "PACKAGED", Path("/proc/glaucam") / embedded.NAME)
    monkeypatch.setattr(embedded, "_writable", lambda folder: False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert embedded.embedded_path() == tmp_path / "glaucam" / embedded.NAME


def test_a_checkpoint_is_a_path_or_embedded(tmp_path):
    with pytest.raises(CheckpointError, match="or 'embedded'"):
        embedded.named_checkpoint(tmp_path / "absent")
    assert embedded.named_checkpoint("embedded").header["model"] == "retinal_cnn"


def test_workers_draw_what_one_process_would():
    asked, preprocessing = embedded.phantoms(), Preprocessing(size=32)
    shared = phantom_examples(5, 3, asked, preprocessing, workers=2, progress=False)
    alone = load_examples(PhantomFundus(5, 3, asked), preprocessing, progress=False)
    assert torch.equal(shared.images, alone.images)
    assert torch.equal(shared.labels, alone.labels)
