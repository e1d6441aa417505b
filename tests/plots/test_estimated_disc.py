"""`glaucam explain` tells the heat on a disc that nobody has drawn, and how sure its place is."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from glaucam.data import FundusParameters, PhantomFundus, PhantomOct, Preprocessing
from glaucam.metrics import lift
from glaucam.models import build_model
from glaucam.plots.files import explain_file
from glaucam.scoring.estimated import heat_on_estimated_disc
from glaucam.training.checkpoint import Checkpoint


@pytest.fixture(scope="module")
def eye():
    return PhantomFundus(4, 3, FundusParameters(view="disc"))[0]


def test_the_estimate_is_near_the_truth(eye):
    preprocessing = Preprocessing(size=96)
    truth = preprocessing.frame_mask(eye.masks["disc"], eye.image)
    heat = truth.astype(np.float32) + 0.05
    told = heat_on_estimated_disc(heat, eye.image, preprocessing)
    assert told["estimated"] is True
    assert told["lift"] == pytest.approx(lift(heat, truth), rel=0.4)
    assert told["lift"] == pytest.approx(told["share"] / _area(told, eye, preprocessing), rel=0.15)


def _area(told, eye, preprocessing):
    """Of a circle of the diameter told, in the model's frame."""
    rows, columns = np.nonzero(eye.masks["field"])
    side = max(np.ptp(rows), np.ptp(columns)) + 1
    return np.pi * (told["disc"]["diameter"] / 2) ** 2 / side**2


def test_explain_tells_it_for_fundus_photos_only(eye):
    torch.manual_seed(0)
    model = build_model("retinal_cnn", 2).eval()
    model.classes = ("normal", "glaucoma")
    header = {"model": "retinal_cnn", "classes": ["normal", "glaucoma"],
              "preprocessing": {"size": 64}, "seen": "nothing"}  # fmt: skip
    checkpoint = Checkpoint(model, header)
    _, facts = explain_file(checkpoint, eye.image)
    assert facts["gate"]["kind"] == "fundus"
    assert facts["heat_on"]["structure"] == "disc"
    _, facts = explain_file(checkpoint, PhantomOct(1, 3).image(0))
    assert facts["gate"]["kind"] == "oct"
    assert "heat_on" not in facts


def test_no_disc_no_figures():
    flat = np.full((90, 90, 3), (150, 80, 40), np.uint8)
    assert heat_on_estimated_disc(np.ones((64, 64)), flat, Preprocessing(size=64)) is None
