"""On real eyes: training learns, the report holds, heat is measured beside the control.

The figures printed here are for people; what is asserted is only what must hold of any sound run.
"""

import os
from pathlib import Path

import pytest

import glaucam
from glaucam.data import Preprocessing, open_data, split_by_group, tens_of_file_number
from glaucam.metrics import CONTROLS, mean_localisation
from glaucam.training.checkpoint import Checkpoint
from glaucam.training.embedded import embedded_model
from glaucam.training.evaluate import evaluate
from glaucam.training.examples import Examples, load_examples
from glaucam.training.fit import fit
from glaucam.training.predict import predict
from glaucam.training.recipe import Recipe
from glaucam.training.report import thresholds

pytestmark = pytest.mark.realdata


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


def test_retinal_cnn_learns_acrima(acrima):
    data, splits, _ = acrima
    whole = load_examples(data, Preprocessing(size=64), progress=False)
    parts = {
        part: Examples(whole.images[splits == part], whole.labels[splits == part], whole.classes)
        for part in ("train", "val")
    }
    fitted = fit(parts["train"], parts["val"], Recipe(epochs=15, batch_size=16), progress=False)
    P = predict(fitted.model, parts["val"].images).numpy()
    chosen = thresholds(parts["val"].labels.numpy(), P)["0.95"]
    figures = evaluate(
        fitted.model, data, Preprocessing(size=64), chosen, indices=(splits == "test").nonzero()[0]
    )
    print(f"\nacrima, test: {figures}")
    assert figures["n"] == (splits == "test").sum()
    assert figures["classes"] == ["normal", "glaucoma"]
    assert figures["auroc"] > 0.75  # image width alone gives .87, the green mean .73: learnt enough
    assert figures["sensitivity_at_specificity"] is not None


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
