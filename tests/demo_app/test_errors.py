"""The *Errors* tab: boards and rows of one table, of phantoms or a folder."""

import pytest
from PIL import Image

from demo_app import errors
from demo_app.errors import PHANTOMS, Analyses
from demo_app.errors_tab import ErrorActions
from demo_app.errors_words import NOBODY
from demo_app.eyes import example_eye
from demo_app.shelf import fill_shelf
from glaucam.errors import DataError, UnknownName

FUNDUS, OCT = "Retinal CNN (embedded)", "Retinal CNN (embedded OCT)"


@pytest.fixture(scope="module")
def shelf():
    return fill_shelf()


@pytest.fixture(scope="module")
def analyses(shelf):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(errors, "N", 12)
        made = Analyses(shelf)
        made.get(FUNDUS, PHANTOMS)
        made.get(OCT, PHANTOMS)
        yield made


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("eyes")
    for name in ("normal", "glaucoma"):
        (root / name).mkdir()
        for i in ("", "-2"):
            Image.fromarray(example_eye(f"{name}-crop{i}").image).save(
                root / name / f"<b>{name}{i}.png"
            )
    return root


@pytest.mark.parametrize("model", [FUNDUS, OCT])
def test_groups_hold_every_image_once(analyses, model):
    analysis = analyses.get(model, PHANTOMS)
    of_groups = [b for b in analysis.boards() if not b.endswith("confidence")]
    shown = [name for board in of_groups for name in analysis.rows(board)["image"]]
    assert sorted(shown) == sorted(analysis.table["image"])
    for band in ("high", "middle", "low"):
        rows = [analysis.rows(board, band) for board in of_groups]
        assert sum(map(len, rows)) == (analysis.table["band"] == band).sum()


def test_a_board_is_shown_beside_its_rows(analyses):
    analysis, actions = analyses.get(FUNDUS, PHANTOMS), ErrorActions(analyses)
    board = next(b for b in analysis.boards() if len(analysis.rows(b)))
    words, pictures, table = actions.show(FUNDUS, PHANTOMS, board, "any")
    assert f"{len(table)} of 12 images" in words
    assert pictures.count("<figure") == len(table)
    assert all(name in pictures for name in table["image"])
    assert "disc_lift" in table


def test_an_empty_group_says_so(analyses):
    analysis, actions = analyses.get(OCT, PHANTOMS), ErrorActions(analyses)
    board, band = next(
        (b, c) for b in analysis.boards() for c in ("high", "low") if analysis.rows(b, c).empty
    )
    words, pictures, _ = actions.show(OCT, PHANTOMS, board, band)
    assert "0 of 12" in words
    assert pictures == NOBODY


def test_a_model_change_brings_its_own_groups(analyses):
    menu, note, words, *_ = ErrorActions(analyses).choose(OCT, PHANTOMS, "false_negative", "any")
    assert menu.value == "NORMAL_right"
    assert "Not a diagnosis" in note
    assert "of 12 images" in words


@pytest.mark.parametrize(
    "wrong", [{"model": "x"}, {"source": "x"}, {"group": "x"}, {"confidence": "x"}]
)
def test_unknown_choices_are_refused_by_name(analyses, wrong):
    asked = {"model": FUNDUS, "source": PHANTOMS, "group": "false_negative", "confidence": "any"}
    words, pictures, table = ErrorActions(analyses).show(**{**asked, **wrong})
    assert "known are" in words
    assert not pictures
    assert table is None


def test_a_folder_given_at_start_comes_first_and_its_names_are_escaped(shelf, folder):
    analyses = Analyses(shelf, folder)
    assert analyses.sources() == [folder.name, PHANTOMS]
    assert analyses.fitting() == [FUNDUS]
    actions = ErrorActions(analyses)
    told = [
        actions.show(FUNDUS, folder.name, f"correct_{c}", "any") for c in ("normal", "glaucoma")
    ]
    assert any("<figure" in pictures for _, pictures, _ in told)
    assert all("<b><b>" not in pictures for _, pictures, _ in told)
    other, *_ = actions.show(OCT, folder.name, "CNV_right", "any")
    assert "no class of (NORMAL" in other
    assert str(folder.parent) not in other


def test_a_folder_of_other_classes_is_refused_at_start(shelf, tmp_path):
    for name in ("cat", "dog"):
        (tmp_path / name).mkdir()
        Image.new("RGB", (64, 64)).save(tmp_path / name / "a.png")
    with pytest.raises((DataError, UnknownName), match="cat"):
        Analyses(shelf, tmp_path)
