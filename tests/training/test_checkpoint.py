"""Checkpoints: what goes in comes out; what is broken is refused; the old one survives."""

import json
import os
import pickle
import subprocess

import pytest
import torch
from safetensors.torch import save_file

from glaucam.data import Preprocessing
from glaucam.errors import CheckpointError
from glaucam.models import build_model
from glaucam.training.checkpoint import KEY, load_checkpoint, read_header, save_checkpoint

HEADER = {
    "model": "retinal_cnn",
    "classes": ["normal", "glaucoma"],
    "preprocessing": Preprocessing(size=64).to_dict(),
    "data": {"name": "phantom_disc"},
    "metrics": {"auroc": 0.9},
    "threshold": 0.4,
}


@pytest.fixture
def saved(tmp_path):
    path = tmp_path / "model.safetensors"
    save_checkpoint(path, build_model("retinal_cnn", 2), HEADER)
    return path


def test_weights_header_and_preprocessing_come_back(tmp_path):
    model = build_model("retinal_cnn", 2)
    save_checkpoint(tmp_path / "m.safetensors", model, HEADER)
    checkpoint = load_checkpoint(tmp_path / "m.safetensors")
    for name, tensor in model.state_dict().items():
        assert torch.equal(tensor, checkpoint.model.state_dict()[name])
    assert not checkpoint.model.training
    assert checkpoint.model.classes == checkpoint.classes == ("normal", "glaucoma")
    assert checkpoint.preprocessing == Preprocessing(size=64)
    assert checkpoint.threshold == 0.4
    assert HEADER.items() <= checkpoint.header.items()
    assert read_header(tmp_path / "m.safetensors") == checkpoint.header


def test_the_same_model_gives_the_same_bytes(tmp_path):
    model = build_model("retinal_cnn", 2)
    for name in ("a", "b"):
        save_checkpoint(tmp_path / name, model, HEADER)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_loading_leaves_the_callers_random_state(saved):
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    load_checkpoint(saved)
    assert torch.equal(torch.rand(3), expected)


@pytest.mark.parametrize("length", [0, 4, 200, -1])
def test_a_truncated_file_is_refused_in_one_line(saved, length):
    saved.write_bytes(saved.read_bytes()[:length])
    with pytest.raises(CheckpointError, match="truncated") as caught:
        load_checkpoint(saved)
    assert "\n" not in str(caught.value)


class Explosive:
    def __reduce__(self):
        return os.mkdir, (os.environ["GLAUCAM_TEST_EXPLOSION"],)


def test_a_pickle_is_refused_and_never_run(tmp_path, monkeypatch):
    monkeypatch.setenv("GLAUCAM_TEST_EXPLOSION", str(tmp_path / "exploded"))
    path = tmp_path / "model.safetensors"
    path.write_bytes(pickle.dumps(Explosive()))
    with pytest.raises(CheckpointError):
        load_checkpoint(path)
    assert not (tmp_path / "exploded").exists()


def rewritten(path, **changes):
    """The checkpoint with another header, as a foreign or later program would write it."""
    header = {**HEADER, "format": 1, "library": "9.9", **changes}
    header = {key: value for key, value in header.items() if value is not ...}
    weights = build_model("retinal_cnn", 2).state_dict()
    save_file(weights, path, {KEY: json.dumps(header)})
    return path


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"format": 2}, r"has format 2, this library reads 1: use the library that wrote it \(9.9"),
        ({"format": ...}, "has format None"),
        ({"model": ...}, "header has model = None, expected a non-empty str"),
        ({"model": "resnet81"}, "unknown model 'resnet81': did you mean 'resnet18'"),
        ({"model": "resnet18"}, "the weights do not fit 'resnet18'"),
        ({"classes": ["a", "b", "c"]}, "do not fit 'retinal_cnn' with 3 classes"),
        ({"classes": ["alone"]}, "expected 2 to 1000 names"),
        ({"classes": [str(i) for i in range(100_000)]}, "expected 2 to 1000 names"),
        ({"classes": [1, 2]}, "expected 2 to 1000 names"),
        ({"preprocessing": {"size": 96, "sharpen": True}}, "unknown key 'sharpen'"),
    ],
)
def test_another_version_or_a_foreign_header_is_refused(tmp_path, changes, said):
    with pytest.raises(CheckpointError, match=said) as caught:
        load_checkpoint(rewritten(tmp_path / "m.safetensors", **changes))
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 600


def test_foreign_weights_a_folder_and_nothing_are_refused(tmp_path):
    save_file({"w": torch.ones(2)}, tmp_path / "foreign.safetensors")
    with pytest.raises(CheckpointError, match="no GlauCAM header"):
        load_checkpoint(tmp_path / "foreign.safetensors")
    with pytest.raises(CheckpointError, match="is a folder"):
        load_checkpoint(tmp_path)
    with pytest.raises(CheckpointError, match="is not there"):
        load_checkpoint(tmp_path / "absent.safetensors")


def test_weights_that_are_not_finite_are_refused(tmp_path):
    model = build_model("retinal_cnn", 2)
    with torch.no_grad():
        model.classifier.bias[0] = float("nan")
    save_checkpoint(tmp_path / "m.safetensors", model, HEADER)
    with pytest.raises(CheckpointError, match="NaN"):
        load_checkpoint(tmp_path / "m.safetensors")


def test_a_header_without_what_loading_needs_is_not_saved(tmp_path):
    with pytest.raises(CheckpointError, match="preprocessing"):
        save_checkpoint(
            tmp_path / "m", build_model("retinal_cnn", 2), {**HEADER, "preprocessing": {}}
        )
    assert not list(tmp_path.iterdir())


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 600 kB: room for one checkpoint of 380 kB, not for two."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", str(folder)]
    mounted = os.geteuid() == 0 and subprocess.run(mount, capture_output=True).returncode == 0
    if not mounted:
        if os.environ.get("CI"):
            pytest.fail("CI must be able to mount a small tmpfs to test a full disk")
        pytest.skip("mounting a small tmpfs needs root")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_leaves_the_old_checkpoint(small_disk):
    path = small_disk / "model.safetensors"
    old = build_model("retinal_cnn", 2)
    save_checkpoint(path, old, HEADER)
    before = path.read_bytes()
    with pytest.raises(CheckpointError, match=r"could not write .* No space left .* untouched"):
        save_checkpoint(path, build_model("retinal_cnn", 2), HEADER)
    assert path.read_bytes() == before
    assert [file.name for file in small_disk.iterdir()] == ["model.safetensors"]
    assert torch.equal(load_checkpoint(path).model.classifier.bias, old.classifier.bias)
