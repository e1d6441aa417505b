"""a2's contract, and what it hands on: a checkpoint that the library and a3 can read."""

import pytest
import torch

import glaucam
from autograder.source import read_source
from glaucam.checks.a2_carry import as_library_model
from glaucam.errors import CheckpointError

CHECKS = {
    "model.shape": 1, "model.layers": 2, "model.logits": 3, "model.gradients": 1,
    "training.weights": 5, "training.loss": 2, "training.learns": 2,
    "operating_point.threshold": 3, "operating_point.edges": 2,
    "report.ranking": 1, "report.rates": 2, "report.confusion": 1,
}  # fmt: skip


@pytest.fixture(scope="module")
def source():
    return read_source("a2_train")


def defined(source, cell, name, *changes):
    """The solution's object, after replacing each (old, new) in its text."""
    text = source.solution_cells[cell]
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    namespace = {}
    exec(source.locked_cells["setup"] + "\n" + text, namespace)
    return namespace[name]


def test_ids_and_points_are_the_contract(source):
    assert source.points == CHECKS
    assert sum(CHECKS.values()) == 25
    assert list(source.solution_cells) == ["model", "training", "operating_point", "report"]
    assert list(source.locked_cells) == ["setup"]


def test_a3_takes_the_checkpoint_of_a2_by_one_line(source):
    """The path a2 tells is the one that a3 shows beside its line."""
    line = '"../a2_train/my_model.safetensors"'
    a3 = read_source("a3_gradcam")
    assert any(f"MODEL = {line}" in cell.source for cell in source.cells)
    (cell,) = [c for c in a3.cells if 'MODEL = "embedded"' in c.source and c.cell_type == "code"]
    assert line in cell.source
    assert "named_checkpoint(MODEL)" in cell.source


@pytest.mark.parametrize("changes", [(), (("padding=1)", "padding=1, bias=False)"),)])
def test_a_students_network_becomes_the_librarys(source, tmp_path, changes):
    torch.manual_seed(0)
    net = defined(source, "model", "RetinalCNN", *changes)(2)
    images = torch.randn(4, 3, 48, 64)
    net(images)  # statistics that are not the initial ones
    header = {"model": "retinal_cnn", "classes": ["normal", "glaucoma"],
              "preprocessing": {"size": 48}}  # fmt: skip
    path = tmp_path / "my_model.safetensors"
    glaucam.save_checkpoint(path, as_library_model(net, 2), header)
    back = glaucam.load_checkpoint(path)
    with torch.no_grad():
        assert torch.allclose(back.model(images), net.eval()(images), atol=1e-5)
    assert back.classes == ("normal", "glaucoma")


def test_another_network_is_refused_in_one_line(source):
    net = defined(source, "model", "RetinalCNN", ("(32, 64, 128)", "(16, 64, 128)"))(2)
    with pytest.raises(CheckpointError, match=r"widths 16–64–128.*model\.layers pass"):
        as_library_model(net, 2)
