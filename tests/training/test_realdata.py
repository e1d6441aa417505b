"""On real eyes: training learns, the report holds, heat is measured beside the control.

The figures printed here are for people; what is asserted is only what must hold of any sound run.
"""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import glaucam
from glaucam.data import Preprocessing, open_data, split_by_group, tens_of_file_number
from glaucam.metrics import CONTROLS, mean_localisation
from glaucam.training.checkpoint import Checkpoint
from glaucam.training.embedded import embedded_model
from glaucam.training.error_boards import write_errors
from glaucam.training.error_table import error_table
from glaucam.training.evaluate import evaluate
from glaucam.training.examples import Examples, load_examples
from glaucam.training.fit import fit
from glaucam.training.predict import predict
from glaucam.training.recipe import Recipe
from glaucam.training.report import thresholds

pytestmark = pytest.mark.realdata

PREPROCESSING = Preprocessing(size=64)


@pytest.fixture(scope="module")
def real():
    folder = os.environ.get("GLAUCAM_REAL_DATA")
    if not folder:
        pytest.skip("GLAUCAM_REAL_DATA is not set")
    return Path(folder)


@pytest.fixture(scope="module")
def acrima(real):
    """The whole set as tensors of 64 px, and the split by tens of the file number."""
    data = open_data(real / "acrima", classes=("normal", "glaucoma"))
    groups = [tens_of_file_number(data.image_name(i)) for i in range(len(data))]
    return data, split_by_group(groups, data.labels, seed=0), groups


def test_no_group_of_neighbours_lies_on_two_sides(acrima):
    _, splits, groups = acrima
    sides = {
        group: {s for g, s in zip(groups, splits, strict=True) if g == group} for group in groups
    }
    assert len(sides) >= 10
    assert all(len(side) == 1 for side in sides.values())


@pytest.fixture(scope="module")
def trained(acrima):
    """A retinal_cnn fitted to the train part, its threshold chosen on the validation part."""
    data, splits, _ = acrima
    whole = load_examples(data, PREPROCESSING, progress=False)
    parts = {
        part: Examples(whole.images[splits == part], whole.labels[splits == part], whole.classes)
        for part in ("train", "val")
    }
    fitted = fit(parts["train"], parts["val"], Recipe(epochs=15, batch_size=16), progress=False)
    P = predict(fitted.model, parts["val"].images).numpy()
    header = {
        "classes": list(data.classes),
        "preprocessing": PREPROCESSING.to_dict(),
        "threshold": thresholds(parts["val"].labels.numpy(), P)["0.95"],
        "seen": "only the data set acrima",
    }
    return Checkpoint(fitted.model, header)


def test_retinal_cnn_learns_acrima(acrima, trained):
    data, splits, _ = acrima
    figures = evaluate(
        trained.model,
        data,
        PREPROCESSING,
        trained.threshold,
        indices=np.flatnonzero(splits == "test"),
    )
    print(f"\nacrima, test: {figures}")
    assert figures["n"] == (splits == "test").sum()
    assert figures["classes"] == ["normal", "glaucoma"]
    assert figures["auroc"] > 0.75  # image width alone gives .87, the green mean .73: learnt enough
    assert figures["sensitivity_at_specificity"] is not None
    assert 0 <= figures["ece"] < 0.5


def test_acrimas_errors_as_a_table_and_boards(acrima, trained, tmp_path):
    data, splits, _ = acrima
    test = np.flatnonzero(splits == "test")
    table = error_table(
        trained.model, data, PREPROCESSING, trained.threshold, indices=test, progress=False
    )
    told = write_errors(tmp_path, trained, data, table, {"method": "gradcam"}, most=6)
    print(f"\nacrima, test, groups: {told['groups']}")
    assert sum(told["groups"].values()) == len(table) == len(test)
    figures = evaluate(trained.model, data, PREPROCESSING, trained.threshold, indices=test)
    (tn, fp), (fn, tp) = figures["at_threshold"]["confusion"]
    assert told["groups"] == {"TP": tp, "TN": tn, "FP": fp, "FN": fn}
    assert table["disc_share"].isna().all()  # this set has no masks
    assert table.loc[~table["degenerate"], "outside_field"].between(0, 0.5).all()
    for name, board in told["boards"].items():
        assert Path(board["picture"]).stat().st_size > 10_000
        assert len(pd.read_csv(tmp_path / "boards" / f"{name}.csv")) == board["shown"]


def test_twenty_drishti_images_are_explained_and_measured_beside_the_control(real):
    data, checkpoint = open_data(real / "drishti_gs1_train"), embedded_model(progress=False)
    rows = measured(data, checkpoint, range(0, 40, 2))
    print()
    for name, figures in rows.items():
        print(f"drishti, disc: {name:<16} n {figures['n']} share {figures['share']:.3f} "
              f"lift {figures['lift']:.2f}")  # fmt: skip
    assert rows["centre_gaussian"]["n"] == 20
    assert rows["constant"]["lift"] == pytest.approx(1)
    assert 0 < rows["gradcam"]["n"] <= 20
    assert 0 <= rows["gradcam"]["share"] <= 1


def measured(data, checkpoint: Checkpoint, indices):
    """Mean share and lift in the disc of Grad-CAM (glaucoma) and of every control."""
    preprocessing = checkpoint.preprocessing
    images = [data.image(i) for i in indices]
    masks = [
        preprocessing.frame_mask(data.masks(i)["disc"], image)
        for i, image in zip(indices, images, strict=True)
    ]
    explanation = glaucam.explain(checkpoint.model, preprocessing.batch(images))
    frames = [preprocessing.frame(image) for image in images]
    maps = {"gradcam": explanation.heatmaps["glaucoma"].values}
    maps |= {name: [rule(f, k) for k, f in enumerate(frames)] for name, rule in CONTROLS.items()}
    return {name: mean_localisation(each, masks) for name, each in maps.items()}
