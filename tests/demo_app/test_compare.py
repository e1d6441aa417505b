"""What the *Compare* tab computes, without a page."""

import re
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw

from demo_app.compare import Settings, chosen_classes, colour_stops, compare, picture_names
from demo_app.eyes import ESTIMATED, EXAMPLES, chosen_eye, example_eye
from demo_app.words import answer, refusal
from glaucam.data import DiscLocation, judge_image
from glaucam.errors import ImageError, InputError, UnknownName
from glaucam.models import build_model
from glaucam.training.checkpoint import Checkpoint

NAMES = picture_names(("normal", "glaucoma"))


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


def test_heat_on_the_disc_is_told_and_marked_where_its_place_is_estimated(checkpoint):
    eye = example_eye("glaucoma-whole")
    drawn, guessed = compare(eye, checkpoint), compare(replace(eye, truth=None), checkpoint)
    asked = drawn.summary["class_asked"]
    assert not drawn.summary["degenerate"][asked]
    assert 0 <= drawn.summary["heat_on"]["share"] <= 1
    assert "estimated" not in drawn.summary["heat_on"]
    assert "estimated" not in answer(drawn)
    assert guessed.summary["heat_on"]["estimated"] is True
    assert guessed.summary["heat_on"]["confidence"] >= 0.8
    assert "on the estimated disc" in guessed.sentences[0]
    assert ESTIMATED in guessed.sentences


def test_nothing_is_said_of_a_disc_that_does_not_show(checkpoint, monkeypatch):
    unsure = DiscLocation(100, 100, 60, confidence=0.5)
    monkeypatch.setattr("glaucam.scoring.estimated.find_disc", lambda image: unsure)
    comparison = compare(replace(example_eye("glaucoma-whole"), truth=None), checkpoint)
    assert comparison.summary["heat_on"] is None
    assert "disc" not in comparison.sentences[0]


def picture_of_text():
    page = Image.new("RGB", (300, 200), "white")
    ImageDraw.Draw(page).text((20, 20), "\n".join(["no eye at all"] * 9), fill="black")
    return np.asarray(page)


def test_what_is_no_eye_is_told_and_compared_all_the_same(checkpoint, oct_checkpoint):
    eye = replace(example_eye("normal-crop"), image=picture_of_text(), truth=None)
    for model in (checkpoint, oct_checkpoint):
        comparison = compare(eye, model)
        assert comparison.summary["gate"]["kind"] == "neither"
        assert "neither a fundus photo nor an OCT scan" in answer(comparison)
        assert comparison.summary["heat_on"] is None
        assert len(comparison.pictures) == len(model.classes) + 2


def test_a_picture_too_dark_to_judge_is_told(checkpoint):
    eye = example_eye("glaucoma-whole")
    dark = replace(eye, image=(eye.image * 0.1).astype(np.uint8))
    assert "too poor" in answer(compare(dark, checkpoint))
    assert "too poor" not in answer(compare(eye, checkpoint))


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_gate_knows_every_example(name):
    kind = {"fundus": "fundus", "oct": "oct"}[EXAMPLES[name].kind]
    gate = judge_image(example_eye(name).image)
    assert (gate.kind, gate.quality != "reject") == (kind, True)


def test_lift_is_the_share_over_the_disc_s_part_of_the_frame(checkpoint):
    eye = example_eye("glaucoma-whole")
    disc = compare(eye, checkpoint).summary["heat_on"]
    area = checkpoint.preprocessing.frame_mask(eye.truth, eye.image).mean()
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


def test_a_whole_view_is_cut_to_the_disc_for_a_model_of_crops(checkpoint, monkeypatch):
    of_crops = replace(checkpoint, header={**checkpoint.header, "data": {"view": "crop"}})
    eye = example_eye("glaucoma-whole")
    cut, whole = compare(eye, of_crops), compare(eye, checkpoint)
    assert (cut.summary["cut_to_disc"], whole.summary["cut_to_disc"]) == (True, False)
    assert "found by the computer" in answer(cut)
    part = eye.around_disc()
    assert part.truth.shape == part.image.shape[:2]
    assert part.truth.sum() == eye.truth.sum()  # all of the disc is in the cut
    assert 0.05 < part.truth.mean() < 0.3
    monkeypatch.setattr("demo_app.eyes.SURE", 1.1)  # a disc that nobody is sure of
    unsure = compare(eye, of_crops)
    assert "no disc was found" in answer(unsure)
    assert unsure.summary["unlike_training"]
    assert (unsure.pictures["original"] == whole.pictures["original"]).all()


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
            assert re.split("[, ]", example.label)[0].lower() in eye.known.lower()
            assert name == "oct-normal" or eye.truth.any()
    assert example_eye("real-photo").truth is None


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


@pytest.fixture(scope="module")
def oct_checkpoint():
    from glaucam.training.embedded import OCT, embedded_model

    return embedded_model(progress=False, embedded=OCT)


def test_a_scan_has_four_class_maps_and_the_contrast_of_the_two_most_probable(oct_checkpoint):
    told = compare(example_eye("oct-dme"), oct_checkpoint)
    assert tuple(told.pictures) == ("original", "NORMAL", "CNV", "DME", "DRUSEN", "contrast")
    chances = told.summary["probabilities"]
    surest = sorted(chances, key=chances.get, reverse=True)
    assert told.summary["class_asked"] == surest[0]
    assert told.summary["contrast_of"] == surest[:2]
    assert "lesion" in told.sentences[0]


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ({}, ("DME", "DME", "CNV")),
        ({"asked": "CNV"}, ("CNV", "DME", "CNV")),
        ({"contrast_for": "DRUSEN"}, ("DME", "DRUSEN", "DME")),
        ({"contrast_against": "DME"}, ("DME", "CNV", "DME")),
        ({"contrast_for": "CNV", "contrast_against": "NORMAL"}, ("DME", "CNV", "NORMAL")),
    ],
)
def test_the_contrast_is_of_any_two_classes(chosen, expected):
    chances = {"NORMAL": 0.1, "CNV": 0.2, "DME": 0.6, "DRUSEN": 0.1}
    assert chosen_classes(Settings(**chosen), chances) == expected


def test_of_two_classes_the_contrast_is_glaucoma_minus_normal_whatever_is_more_probable():
    for p in (0.1, 0.9):
        chances = {"normal": 1 - p, "glaucoma": p}
        assert chosen_classes(Settings(), chances) == ("glaucoma", "glaucoma", "normal")


def test_a_contrast_of_a_class_with_itself_is_refused(oct_checkpoint):
    settings = Settings(contrast_for="CNV", contrast_against="CNV")
    with pytest.raises(InputError, match="two different classes"):
        compare(example_eye("oct-cnv"), oct_checkpoint, settings)


@pytest.mark.parametrize("example", ["oct-cnv", "normal-crop"])
def test_the_other_kind_of_image_is_told(checkpoint, oct_checkpoint, example):
    eye = example_eye(example)
    right, wrong = checkpoint, oct_checkpoint
    if example == "oct-cnv":
        right, wrong = wrong, right
        eye = replace(eye, truth=None)
    assert "choose" in answer(compare(eye, wrong))
    assert "choose" not in answer(compare(eye, right))
