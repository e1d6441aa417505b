"""What the *Compare* tab computes, without a page."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch

from demo_app.compare import NAMES, Settings, colour_stops, compare
from demo_app.eyes import EXAMPLES, chosen_eye, example_eye
from demo_app.words import answer, refusal
from glaucam.errors import ImageError, InputError, UnknownName
from glaucam.models import build_model
from glaucam.training.checkpoint import Checkpoint


@pytest.fixture(scope="module")
def checkpoint():
    torch.manual_seed(3)
    model = build_model("retinal_cnn", 2).eval()
    model.classes = ("normal", "glaucoma")
    header = {
        "model": "retinal_cnn",
        "classes": ["normal", "glaucoma"],
        "preprocessing": {"size": 64},
        "seen": "nothing at all",
    }
    return Checkpoint(model, header)


def test_four_pictures_in_the_fixed_order(checkpoint):
    pictures = compare(example_eye("glaucoma-whole"), checkpoint).pictures
    assert tuple(pictures) == NAMES == ("original", "normal", "glaucoma", "contrast")
    assert {p.shape for p in pictures.values()} == {(512, 512, 3)}


def test_opacity_zero_shows_the_original_everywhere(checkpoint):
    comparison = compare(example_eye("normal-crop"), checkpoint, Settings(opacity=0))
    original = comparison.pictures["original"]
    assert all(np.array_equal(original, picture) for picture in comparison.pictures.values())


@pytest.mark.parametrize("asked", ["normal", "glaucoma"])
def test_the_summary_tells_the_class_asked_and_every_map(checkpoint, asked):
    facts = compare(example_eye("glaucoma-crop"), checkpoint, Settings(asked=asked)).summary
    assert facts["class_asked"] == asked
    assert facts["target_layer"] == "features"
    assert sum(facts["probabilities"].values()) == pytest.approx(1, abs=1e-5)
    assert set(facts["raw_scales"]) == set(facts["degenerate"]) == set(NAMES[1:])
    assert "nothing at all" in facts["statement"]


def test_heat_on_the_disc_is_told_only_where_the_disc_is_drawn(checkpoint):
    eye = example_eye("glaucoma-whole")
    known, unknown = compare(eye, checkpoint), compare(replace(eye, disc=None), checkpoint)
    asked = known.summary["class_asked"]
    assert not known.summary["degenerate"][asked]
    assert 0 <= known.summary["disc"]["share"] <= 1
    assert "disc" in known.sentences[0]
    assert unknown.summary["disc"] is None
    assert "disc" not in unknown.sentences[0]


def test_lift_is_the_share_over_the_disc_s_part_of_the_frame(checkpoint):
    eye = example_eye("glaucoma-whole")
    disc = compare(eye, checkpoint).summary["disc"]
    area = checkpoint.preprocessing.frame_mask(eye.disc, eye.image).mean()
    assert disc["lift"] == pytest.approx(disc["share"] / area)


def test_an_empty_map_is_told_in_words(checkpoint):
    model = build_model("retinal_cnn", 2).eval()
    model.classes = ("normal", "glaucoma")
    with torch.no_grad():
        model.classifier.weight.fill_(-1)  # nothing speaks for either class
        model.classifier.weight[1] *= 2
    comparison = compare(example_eye("normal-whole"), Checkpoint(model, checkpoint.header))
    assert comparison.summary["degenerate"] == dict.fromkeys(NAMES[1:], True)
    assert "map for normal is empty" in answer(comparison)
    assert "map for glaucoma is empty" in answer(comparison)
    assert "contrast map is empty" in answer(comparison)


@pytest.mark.parametrize(("example", "is_told"), [("glaucoma-whole", True), ("normal-crop", False)])
def test_a_whole_view_is_told_to_a_model_of_crops(checkpoint, example, is_told):
    of_crops = replace(checkpoint, header={**checkpoint.header, "data": {"view": "crop"}})
    assert ("whole view" in answer(compare(example_eye(example), of_crops))) == is_told
    assert "whole view" not in answer(compare(example_eye(example), checkpoint))


@pytest.mark.parametrize(
    "wrong", [{"layer": "nowhere"}, {"method": "guess"}, {"colormap": "mud"}, {"asked": "drusen"}]
)
def test_unknown_settings_are_refused_by_name(checkpoint, wrong):
    with pytest.raises(UnknownName, match=next(iter(wrong.values()))):
        compare(example_eye("normal-whole"), checkpoint, Settings(**wrong))


def test_examples_are_of_the_class_they_are_called():
    for name, example in EXAMPLES.items():
        eye = example_eye(name)
        assert eye.image.dtype == np.uint8
        if name != "real-photo":
            assert example.label.split(",")[0].lower() in eye.known
            assert eye.disc.any()
    assert example_eye("real-photo").disc is None


def test_the_upload_is_named_without_its_place_on_the_server(tmp_path):
    path = tmp_path / "secret-folder-eye.png"
    path.write_text("no image")
    with pytest.raises(ImageError) as error:
        chosen_eye(str(path), None)
    assert "secret-folder" not in str(error.value)
    path.unlink()
    with pytest.raises(ImageError, match="drop it in again"):
        chosen_eye(str(path), None)


def test_nothing_chosen_is_refused():
    with pytest.raises(InputError, match="drop in a fundus photo"):
        chosen_eye(None, None)


def test_messages_are_escaped():
    assert "<script>" not in refusal("<script>alert(1)</script>")


def test_colour_stops_run_from_dark_to_bright():
    stops = [sum(map(int, stop[4:-1].split())) for stop in colour_stops("viridis", 5)]
    assert stops == sorted(stops)
    assert len(set(stops)) == 5


def test_the_functions_need_no_gradio():
    modules = "sys, demo_app.compare, demo_app.eyes, demo_app.shelf, demo_app.words"
    code = f"import {modules}; print('gradio' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
