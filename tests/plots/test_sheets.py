"""Boards and grids show the pixels, numbers and warnings they were given."""

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure

import glaucam
from glaucam.errors import InputError, UnknownName
from glaucam.plots import overlay
from glaucam.plots.boards import Tile, board_figure
from glaucam.plots.grids import grid_figure
from glaucam.plots.panel import to_image

RNG = np.random.default_rng(0)
PICTURES = [RNG.integers(0, 256, (32, 32, 3), dtype=np.uint8) for _ in range(3)]


def words(figure: Figure) -> str:
    texts = [text.get_text() for text in figure.texts]
    for axes in figure.axes:
        texts += [text.get_text() for text in axes.texts] + [axes.get_xlabel()]
    return "\n".join(texts)


def shown(figure: Figure) -> list[np.ndarray]:
    return [np.asarray(axes.images[0].get_array()) for axes in figure.axes if axes.images]


def inside(figure: Figure) -> bool:
    """Whether every word lies on the paper."""
    figure.canvas.draw()
    page = figure.bbox
    boxes = [text.get_window_extent() for text in figure.texts if text.get_text()]
    return all(b.x0 >= 0 and b.y0 >= 0 and b.x1 <= page.x1 and b.y1 <= page.y1 for b in boxes)


def tile(k, **more):
    return Tile(PICTURES[k], PICTURES[-1 - k], f"eye {k}", ("glaucoma, called so",), **more)


def test_a_board_shows_each_pair_with_its_caption():
    figure = board_figure(
        [tile(0), tile(1, is_wrong=True)], "Title", "detail", note="Not a diagnosis."
    )
    pictures = shown(figure)
    np.testing.assert_array_equal(pictures[0], PICTURES[0])
    np.testing.assert_array_equal(pictures[1], PICTURES[2])
    np.testing.assert_array_equal(pictures[2], PICTURES[1])
    for word in ("Title", "detail", "eye 0", "eye 1", "glaucoma, called so", "Not a diagnosis."):
        assert word in words(figure)
    framed = [any(s.get_visible() for s in axes.spines.values()) for axes in figure.axes[:4]]
    assert framed == [False, False, True, True]
    assert inside(figure)


def test_captions_of_neighbours_do_not_run_into_each_other():
    """The longest lines the error table makes, on a row of three pairs."""
    lines = ("glaucoma, WRONGLY called normal", "p(glaucoma) 0.12, confidence 0.88 (middle)",
             "heat for glaucoma: disc 10.3 × chance, rim 12.4 × chance",
             "100 % of the heat outside the field")  # fmt: skip
    name = "glaucoma/a_very_long_file_name_of_a_clinic_20240101_OD_0001.jpeg"
    tiles = [Tile(PICTURES[k], PICTURES[k], name, lines) for k in range(3)]
    figure = board_figure(tiles, "t")
    figure.canvas.draw()
    captions = [text for text in figure.texts if text.get_text() in lines or "…" in text.get_text()]
    assert len(captions) == 15
    for text in captions:
        box = text.get_window_extent()
        after = [
            t.get_window_extent() for t in captions if t.get_position()[1] == text.get_position()[1]
        ]
        assert all(other.x0 >= box.x1 for other in after if other.x0 > box.x0)


def test_an_empty_board_says_so():
    figure = board_figure([], "False positive: 0 of 9 images")
    assert "No image in this group." in words(figure)
    assert shown(figure) == []
    assert np.asarray(to_image(figure)).std() > 1


@pytest.fixture(scope="module")
def batch():
    return torch.randn(3, 3, 32, 32, generator=torch.Generator().manual_seed(0))


@pytest.fixture(scope="module")
def told(batch):
    torch.manual_seed(0)
    net = glaucam.MODELS["retinal_cnn"].build(2).eval()
    net.classes = ("normal", "glaucoma")
    return {name: glaucam.explain(net, batch, method=name) for name in ("gradcam", "layercam")}


def test_a_grid_has_a_row_per_image_and_a_column_per_method(told):
    figure = grid_figure(PICTURES, told, "normal", ["a", "b", "c"])
    pictures = shown(figure)
    assert len(pictures) == 3 * (1 + 2)
    for row in range(3):
        np.testing.assert_array_equal(pictures[3 * row], PICTURES[row])
        for column, method in enumerate(told, start=1):
            heat = told[method].heatmaps["normal"].values[row]
            np.testing.assert_array_equal(
                pictures[3 * row + column], overlay(PICTURES[row], heat, 0.5)
            )
    said = words(figure)
    for word in ("Grad-CAM", "LayerCAM", "normal", "Not a diagnosis", "features"):
        assert word in said
    none = sum(int(each.heatmaps["normal"].is_degenerate.sum()) for each in told.values())
    assert said.count("no evidence") == none < 6
    assert f"{told['gradcam'].probabilities[1, 0]:.2f}" in said
    assert inside(figure)


def test_a_grid_says_where_there_is_no_evidence(batch):
    net = glaucam.MODELS["retinal_cnn"].build(2).eval()
    with torch.no_grad():
        net.classifier.weight[1] = -1  # everything speaks against the second class
    figure = grid_figure(PICTURES, {"gradcam": glaucam.explain(net, batch)})
    assert words(figure).count("no evidence") == 3


def test_what_makes_no_grid_is_refused(told):
    with pytest.raises(InputError, match="gradcam explains 3 images, but there are 2"):
        grid_figure(PICTURES[:2], told)
    with pytest.raises(InputError, match="at least one"):
        grid_figure([], {})
    with pytest.raises(UnknownName, match="known are normal, glaucoma"):
        grid_figure(PICTURES, told, "cataract")
