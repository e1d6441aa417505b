"""The report's keys and figures, and where its threshold comes from."""

import json

import numpy as np
import pytest
import torch

from glaucam.data import EyeData, Preprocessing
from glaucam.errors import DataError, InputError
from glaucam.training.checkpoint import Checkpoint
from glaucam.training.evaluate import evaluate, evaluate_checkpoint, stored_threshold
from glaucam.training.report import report, thresholds

CONTRACT = {
    "n", "classes", "accuracy", "auroc", "auprc", "sensitivity_at_specificity", "threshold",
    "confusion",
}  # fmt: skip
CLASSES = ("normal", "glaucoma")


def columns(p):
    p = np.asarray(p, np.float32)
    return np.stack([1 - p, p], axis=1)


def test_a_worked_report():
    y, P = np.array([0, 0, 0, 1, 1]), columns([0.1, 0.2, 0.6, 0.4, 0.9])
    figures = report(y, P, CLASSES, threshold=0.35)
    assert figures.keys() >= CONTRACT
    assert figures["n"] == 5
    assert figures["accuracy"] == pytest.approx(3 / 5)
    assert figures["confusion"] == [[2, 1], [1, 1]]
    assert figures["recall"] == {"normal": pytest.approx(2 / 3), "glaucoma": 0.5}
    assert figures["auroc"] == pytest.approx(5 / 6)
    assert figures["sensitivity_at_specificity"] == 1.0
    assert figures["at_threshold"]["specificity"] == pytest.approx(2 / 3)
    assert figures["at_threshold"]["confusion"] == [[2, 1], [0, 2]]
    assert figures["reasons"] == {}
    # confidences .9 .8 .6 .6 .9, wrong at both .6: each is a bin of its own but .9 and .6
    assert figures["ece"] == pytest.approx((2 * 0.1 + 1 * 0.2 + 2 * 0.6) / 5)
    assert figures["calibration"]["bins"] == 15
    json.dumps(figures, allow_nan=False)


def test_one_class_gives_null_with_the_reason():
    figures = report(np.array([0, 0]), columns([0.1, 0.9]), CLASSES, threshold=0.5)
    assert figures["auroc"] is figures["auprc"] is figures["sensitivity_at_specificity"] is None
    assert figures["reasons"]["auroc"] == "no image of class glaucoma"
    assert figures["at_threshold"]["specificity"] == 0.5
    json.dumps(figures, allow_nan=False)


def test_without_a_threshold_none_is_taken_from_the_eyes_it_would_judge():
    figures = report(np.array([0, 1]), columns([0.1, 0.9]), CLASSES)
    assert figures["threshold"] is figures["sensitivity_at_specificity"] is None
    assert "validation" in figures["reasons"]["threshold"]


def test_four_classes():
    rng = np.random.default_rng(0)
    P = rng.dirichlet([1] * 4, 40)
    figures = report(np.arange(40) % 4, P, ("NORMAL", "CNV", "DME", "DRUSEN"))
    assert np.sum(figures["confusion"]) == 40
    assert 0 < figures["auroc"] < 1
    assert "two classes" in figures["reasons"]["threshold"]
    assert thresholds(np.arange(40) % 4, P) == {}


class Grey(EyeData):
    """Eyes whose brightness tells the class; ``model`` below reads exactly that."""

    name, classes = "grey", CLASSES

    def __init__(self, levels, labels, classes=CLASSES):
        self.levels, self.labels, self.classes = levels, np.array(labels), classes
        self.splits = np.array(["train", "test"] * len(labels))[: len(labels)]
        self.groups = np.arange(len(labels))

    def image(self, i):
        return np.full((16, 16, 3), self.levels[i], np.uint8)

    def masks(self, i):
        return {}

    def image_name(self, i):
        return str(i)


class Brightness(torch.nn.Module):
    classes = CLASSES

    def __init__(self):
        super().__init__()
        self.scale = torch.nn.Parameter(torch.tensor(4.0))

    def forward(self, images):
        y = self.scale * images.mean(dim=(1, 2, 3))
        return torch.stack([-y, y], dim=1)


PREPROCESSING = Preprocessing(
    size=16, standardise="fixed", crop=False, mean=(0.5,) * 3, std=(0.5,) * 3
)


def checkpoint(**header):
    header = {"classes": list(CLASSES), "preprocessing": PREPROCESSING.to_dict(), **header}
    return Checkpoint(Brightness(), header)


def test_labels_are_matched_by_name_not_by_position():
    right = Grey([10, 20, 200, 210], [0, 0, 1, 1])
    turned = Grey([10, 20, 200, 210], [1, 1, 0, 0], ("glaucoma", "normal"))
    for data in (right, turned):
        assert evaluate(Brightness(), data, PREPROCESSING)["confusion"] == [[2, 0], [0, 2]]
    strange = Grey([10], [0], ("drusen",))
    with pytest.raises(DataError, match="unknown class 'drusen'"):
        evaluate(Brightness(), strange, PREPROCESSING)


def test_the_threshold_is_chosen_on_validation_eyes():
    validation = Grey([10, 60, 150, 200], [0, 0, 0, 1])
    test = Grey([100, 180, 190, 220], [0, 0, 1, 1])
    figures = evaluate_checkpoint(checkpoint(), test, 1.0, validation, progress=False)
    # All validation normals lie below 200: that eye's p is the threshold, and 190 is missed.
    assert figures["sensitivity_at_specificity"] == 0.5
    assert figures["split"] == "all"


def test_the_threshold_comes_from_the_header_or_is_asked_for():
    header = checkpoint(thresholds={"0.95": 0.7}).header
    assert stored_threshold(header, 0.95) == 0.7
    with pytest.raises(InputError, match=r"holds no threshold for specificity 0.5 \(it holds 0.95"):
        stored_threshold(header, 0.5)


def test_on_the_set_it_was_trained_on_only_the_test_part_counts():
    data = Grey([10, 20, 200, 210], [0, 0, 1, 1])
    trained = checkpoint(thresholds={"0.95": 0.5}, data={"name": "grey", "seed": None})
    assert evaluate_checkpoint(trained, data, progress=False)["n"] == 2
    assert evaluate_checkpoint(trained, data, split="all", progress=False)["n"] == 4
    with pytest.raises(DataError, match="empty"):
        evaluate_checkpoint(trained, data, split="val", progress=False)
