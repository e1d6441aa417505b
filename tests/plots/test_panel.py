"""The panel says what it must, in the agreed order, and shows heat as it is."""

import numpy as np
import pytest
import torch
from PIL import Image

import glaucam
from glaucam.errors import UnknownName
from glaucam.models import build_model
from glaucam.plots import overlay, panel, panel_figure, statement, summary
from glaucam.plots.files import explain_files
from glaucam.plots.panel import to_png
from glaucam.plots.summary import heat_in_words, verdict
from glaucam.training.checkpoint import Checkpoint

IMAGE = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)


@pytest.fixture(scope="module")
def model():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = build_model("retinal_cnn", 2).eval()
    model.classes = ("normal", "glaucoma")
    return model


@pytest.fixture(scope="module")
def explanation(model):
    images = torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    return glaucam.explain(model, images)


def axes_by_title(figure):
    return {axes.get_title(loc="left"): axes for axes in figure.axes}


def words(figure):
    return " ".join(
        [text.get_text() for text in figure.texts]
        + [text.get_text() for axes in figure.axes for text in axes.texts]
    )


def test_original_normal_glaucoma_contrast_in_that_order_and_one_colour_bar(explanation):
    figure = panel_figure(IMAGE, explanation)
    titles = [axes.get_title(loc="left") for axes in figure.axes]
    assert titles == ["original", "normal", "glaucoma", "contrast: glaucoma − normal", ""]
    lefts = [axes.get_position().x0 for axes in figure.axes]
    assert lefts == sorted(lefts)


def test_each_picture_shows_its_own_map_without_stretching(explanation):
    axes = axes_by_title(panel_figure(IMAGE, explanation, index=1, alpha=0.4))
    shown = {title: a.images[0].get_array() for title, a in axes.items() if a.images}
    np.testing.assert_array_equal(shown["original"], IMAGE)
    for title, heatmap in [
        ("normal", explanation.heatmaps["normal"]),
        ("glaucoma", explanation.heatmaps["glaucoma"]),
        ("contrast: glaucoma − normal", explanation.contrast),
    ]:
        np.testing.assert_array_equal(shown[title], overlay(IMAGE, heatmap.values[1], 0.4))


def test_it_says_the_probability_the_class_asked_the_layer_the_scales_and_the_caveat(explanation):
    said = words(panel_figure(IMAGE, explanation, asked="normal"))
    facts = summary(explanation, 0, "normal")
    assert verdict(facts["probabilities"], "normal") in said
    assert "class asked: normal" in said
    assert explanation.target_layer in said
    assert "Not a diagnosis" in said
    for name, scale in facts["raw_scales"].items():
        assert ("no evidence" if facts["degenerate"][name] else f"{scale:.3g}") in said


def test_a_map_without_evidence_says_so(model):
    negative = build_model("retinal_cnn", 2).eval()
    negative.load_state_dict(model.state_dict())
    with torch.no_grad():
        negative.classifier.weight[0] = -1.0  # activations are ≥ 0: nothing speaks for class 0
    explanation = glaucam.explain(negative, torch.rand(1, 3, 64, 64))
    assert summary(explanation)["degenerate"]["0"] is True
    assert "no evidence" in words(panel_figure(IMAGE, explanation))


def test_the_same_input_gives_the_same_bytes_and_no_pyplot_figure(explanation):
    first, second = (to_png(panel(IMAGE, explanation)) for _ in range(2))
    assert first == second
    from matplotlib import pyplot

    assert pyplot.get_fignums() == []


def test_four_classes_give_four_maps_and_a_contrast():
    model = build_model("retinal_cnn", 4).eval()
    explanation = glaucam.explain(model, torch.rand(1, 3, 64, 64))
    assert len(panel_figure(IMAGE, explanation).axes) == 1 + 4 + 1 + 1


def test_the_summary_is_plain_values(explanation):
    facts = summary(explanation, 1)
    assert facts["class_asked"] == "glaucoma"
    assert sum(facts["probabilities"].values()) == pytest.approx(1, abs=1e-5)
    assert list(facts["raw_scales"]) == ["normal", "glaucoma", "contrast"]
    assert all(type(flag) is bool for flag in facts["degenerate"].values())
    with pytest.raises(UnknownName, match="did you mean 'glaucoma'"):
        summary(explanation, 0, "glaucom")


@pytest.mark.parametrize(
    ("p", "said"), [(0.714, "71 %"), (0.0001, "under 1 %"), (0.9999, "over 99 %")]
)
def test_a_softmax_is_never_called_certain(p, said):
    assert verdict({"glaucoma": p}, "glaucoma") == f"The model says {said} glaucoma"


def test_lift_in_words():
    assert "6.0 times" in heat_in_words("disc", 6)
    assert "no heat" in heat_in_words("disc", None)
    assert "no heat on the disc" in heat_in_words("disc", 0.0)


def test_the_statement_names_what_was_seen():
    assert "has seen phantoms only." in statement({"seen": "phantoms only"})


def test_files_get_a_panel_and_a_summary_each_even_with_equal_names(model, tmp_path):
    from glaucam.data import Preprocessing

    paths = [tmp_path / "a" / "eye.png", tmp_path / "b" / "eye.png"]
    for path in paths:
        path.parent.mkdir()
        Image.fromarray(IMAGE).save(path)
    header = {"preprocessing": Preprocessing(size=64).to_dict(), "classes": ["normal", "glaucoma"]}
    rows = list(explain_files(Checkpoint(model, header), paths, tmp_path / "out"))
    written = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert written == ["eye.json", "eye.png", "eye_2.json", "eye_2.png"]
    assert Image.open(rows[0]["panel"]).size[0] > 1000
