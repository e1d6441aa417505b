"""The error table on a net whose heat is known pixel by pixel, and against a slow recomputation."""

import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn

import glaucam
from glaucam.data import EyeData, PhantomDisc, Preprocessing
from glaucam.errors import DataError, InputError
from glaucam.metrics import energy_share, lift
from glaucam.training.embedded import embedded_model
from glaucam.training.error_boards import board_rows, caption
from glaucam.training.error_table import band_of, error_table, group_summary

CLASSES = ("normal", "glaucoma")
OCT = ("NORMAL", "CNV", "DME", "DRUSEN")
PLAIN = Preprocessing(size=16, standardise="fixed", crop=False, mean=(0,) * 3, std=(1,) * 3)


class ColourNet(nn.Module):
    """The logit of class k is the mean of colour k: its Grad-CAM map is that colour, exactly."""

    def __init__(self, classes=CLASSES, gain=40.0):
        super().__init__()
        self.classes = classes
        self.features = nn.Conv2d(3, len(classes), 1, bias=False)
        with torch.no_grad():
            self.features.weight.zero_()
            for k in range(min(3, len(classes))):
                self.features.weight[k, k] = gain

    def forward(self, images):
        return self.features(images).mean(dim=(2, 3))


class Patches(EyeData):
    """Black images with one patch: (label, colour channel, row, column, level), 4 × 4 px."""

    name = "patches"

    def __init__(self, patches, classes=CLASSES, structure="disc"):
        self.patches, self.classes, self.structure = patches, classes, structure
        self.labels = np.array([patch[0] for patch in patches])
        self.groups = np.arange(len(patches))
        self.splits = np.array(["test"] * len(patches))

    def image(self, i):
        _, colour, row, column, level = self.patches[i]
        image = np.zeros((16, 16, 3), np.uint8)
        image[row : row + 4, column : column + 4, colour] = level
        return image

    def masks(self, i):
        mask = np.zeros((16, 16), bool)
        mask[:8, :8] = True
        return {self.structure: mask}

    def image_name(self, i):
        return f"eye {i}"


RED, GREEN, BLUE = 0, 1, 2
EYES = Patches([
    (0, RED, 0, 0, 255),  # normal, called normal, heat in the disc
    (1, GREEN, 6, 2, 255),  # glaucoma, called so, half of the heat in the disc
    (0, GREEN, 12, 12, 255),  # normal, called glaucoma, heat outside the disc
    (1, RED, 4, 4, 255),  # glaucoma, called normal
    (1, RED, 0, 0, 0),  # black: no heat, p exactly .5
])  # fmt: skip


@pytest.fixture(scope="module")
def table():
    return error_table(ColourNet(), EYES, PLAIN, progress=False)


def test_the_columns_are_the_contracts_and_then_where_the_heat_lies(table):
    assert list(table.columns) == [
        "image", "true", "predicted", "p_glaucoma", "confidence", "group", "band", "target_layer",
        "disc_share", "disc_lift", "rim_share", "rim_lift", "outside_field", "degenerate",
    ]  # fmt: skip


def test_groups_have_glaucoma_as_the_positive(table):
    assert table["group"].tolist() == ["TN", "TP", "FP", "FN", "TP"]
    assert table["true"].tolist() == ["normal", "glaucoma", "normal", "glaucoma", "glaucoma"]
    assert table["predicted"].tolist() == ["normal", "glaucoma", "glaucoma", "normal", "glaucoma"]


def test_the_confidence_is_the_predicted_classs_probability(table):
    # A patch of full level on 16 of 256 pixels: a logit of 40 / 16 against 0.
    sure = 1 / (1 + np.exp(-2.5))
    np.testing.assert_allclose(table["confidence"], [sure, sure, sure, sure, 0.5], rtol=1e-5)
    np.testing.assert_allclose(
        table["p_glaucoma"], [1 - sure, sure, sure, 1 - sure, 0.5], rtol=1e-5
    )
    assert table["band"].tolist() == ["high", "high", "high", "high", "low"]


def test_heat_is_that_of_the_predicted_class_and_lift_is_against_chance(table):
    np.testing.assert_allclose(table["disc_share"], [1, 0.5, 0, 1, np.nan])
    np.testing.assert_allclose(table["disc_lift"], [4, 2, 0, 4, np.nan])  # a quarter is disc
    assert table["rim_share"].isna().all()  # there is no rim mask
    assert table["degenerate"].tolist() == [False] * 4 + [True]
    assert table["target_layer"].unique().tolist() == ["features"]
    np.testing.assert_allclose(table["outside_field"], [0, 0, 0, 0, np.nan])


def test_p_at_the_threshold_is_glaucoma_and_just_below_is_not():
    black = EYES.part(np.array([4]))
    at = error_table(ColourNet(), black, PLAIN, 0.5, progress=False)
    above = error_table(ColourNet(), black, PLAIN, 0.5 + 1e-9, progress=False)
    assert (at["group"][0], above["group"][0]) == ("TP", "FN")


def test_a_threshold_can_make_the_less_probable_class_the_answer():
    table = error_table(ColourNet(), EYES, PLAIN, 0.01, progress=False)
    assert table["group"].tolist() == ["FP", "TP", "FP", "TP", "TP"]
    assert table["confidence"][0] == pytest.approx(1 - 1 / (1 + np.exp(-2.5)))
    assert table["degenerate"][0]  # a red patch holds no evidence for green
    assert np.isnan(table["disc_lift"][0])


@pytest.mark.parametrize(
    ("confidence", "band"),
    [(1, "high"), (0.9, "high"), (0.8999, "middle"), (0.7, "middle"), (0.6999, "low"), (0, "low")],
)
def test_bands_begin_at_their_edges(confidence, band):
    assert band_of(confidence) == band


def test_heat_in_the_dark_surround_is_told():
    """A net that heats every pixel alike puts the surround's part of the area outside."""

    class Everywhere(ColourNet):
        def forward(self, images):
            return self.features(images * 0 + 1).mean(dim=(2, 3))

    eyes = PhantomDisc(2, 3, PhantomDisc.default_parameters.__class__(size=64, view="disc"))
    framing = Preprocessing(size=32)
    table = error_table(Everywhere(), eyes, framing, progress=False)
    found = [framing.frame_field(eyes.image(i)) for i in range(2)]
    truth = [framing.frame_mask(eyes.masks(i)["field"], eyes.image(i)) for i in range(2)]
    outside = [1 - (a & b).mean() for a, b in zip(found, truth, strict=True)]
    assert min(outside) > 0.1
    np.testing.assert_allclose(table["outside_field"], outside, rtol=1e-5)
    np.testing.assert_allclose(table["disc_lift"], 1, rtol=1e-5)


def test_a_field_mask_also_knows_what_looks_like_retina_and_is_none():
    class Wedged(Patches):
        def masks(self, i):
            return {"field": np.arange(16)[:, None] * np.ones(16) < 8}  # the lower half is a wedge

    eyes = Wedged([(0, RED, 0, 0, 255), (0, RED, 6, 0, 255), (0, RED, 12, 0, 255)])
    table = error_table(ColourNet(), eyes, PLAIN, progress=False)
    np.testing.assert_allclose(table["outside_field"], [0, 0.5, 1])


def test_four_classes_tell_right_from_wrong_by_true_class():
    eyes = Patches(
        [(0, RED, 0, 0, 255), (1, RED, 0, 0, 255), (2, BLUE, 6, 2, 255), (3, GREEN, 12, 12, 255)],
        OCT,
        "lesion",
    )
    table = error_table(ColourNet(OCT), eyes, PLAIN, progress=False)
    assert table["group"].tolist() == ["NORMAL right", "CNV wrong", "DME right", "DRUSEN wrong"]
    P = table[[f"p_{name}" for name in OCT]]
    np.testing.assert_allclose(P.sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(table["confidence"], P.max(axis=1))
    np.testing.assert_allclose(table["lesion_share"], [1, 1, 0.5, 0])
    assert group_summary(table, OCT).loc["DRUSEN right", "n"] == 0
    boards = board_rows(table, OCT)
    assert list(boards)[:3] == ["NORMAL_right", "NORMAL_wrong", "CNV_right"]
    assert len(boards["CNV_wrong"]) == 1


def test_it_is_what_explaining_image_by_image_gives():
    checkpoint, eyes = embedded_model(progress=False), PhantomDisc(6, 11)
    framing = checkpoint.preprocessing
    table = error_table(checkpoint.model, eyes, framing, 0.6, progress=False)
    for i, row in table.iterrows():
        image = eyes.image(i)
        told = glaucam.explain(checkpoint.model, framing.batch([image]))
        p = float(told.probabilities[0, 1])
        called = "glaucoma" if p >= 0.6 else "normal"
        assert row["p_glaucoma"] == pytest.approx(p, abs=1e-6)
        assert row["predicted"] == called
        L = told.heatmaps[called].values[0]
        for structure in ("disc", "rim"):
            mask = framing.frame_mask(eyes.masks(i)[structure], image)
            assert row[f"{structure}_share"] == pytest.approx(energy_share(L, mask), abs=1e-5)
            assert row[f"{structure}_lift"] == pytest.approx(lift(L, mask), abs=1e-4)


def test_the_summary_has_every_group(table):
    summary = group_summary(table)
    assert summary.index.tolist() == ["TP", "TN", "FP", "FN"]
    assert summary["n"].tolist() == [2, 1, 1, 1]
    assert summary.loc["TP", "mean_disc_lift"] == 2  # the eye without heat does not count
    empty = group_summary(table[table["group"] == "TN"])
    assert empty["n"].tolist() == [0, 1, 0, 0]
    assert np.isnan(empty.loc["FP", "mean_confidence"])


def test_boards_show_first_what_is_to_be_looked_at_first():
    rows = [("a", "TP", 0.95), ("b", "FP", 0.91), ("c", "TP", 0.99), ("d", "FN", 0.5),
            ("e", "TN", 0.65)]  # fmt: skip
    table = pd.DataFrame(rows, columns=["image", "group", "confidence"])
    table["true"] = ["glaucoma", "normal", "glaucoma", "glaucoma", "normal"]
    table["predicted"] = ["glaucoma", "glaucoma", "glaucoma", "normal", "normal"]
    table["band"] = table["confidence"].map(band_of)
    boards = {name: "".join(rows["image"]) for name, rows in board_rows(table, CLASSES).items()}
    assert boards == {
        "correct_normal": "e",
        "correct_glaucoma": "ca",
        "false_positive": "b",
        "false_negative": "d",
        "high_confidence": "bca",
        "low_confidence": "de",
    }


def test_captions_say_the_numbers(table):
    assert caption(table.loc[2]) == [
        "normal, WRONGLY called glaucoma",
        "p(glaucoma) 0.92, confidence 0.92 (high)",
        "heat for glaucoma: disc 0.0 × chance",
        "0 % of the heat outside the field",
    ]
    assert caption(table.loc[4])[-1] == "no evidence for glaucoma: no heat"


def test_what_cannot_be_tabled_is_refused():
    with pytest.raises(InputError, match="for 4 classes"):
        error_table(ColourNet(OCT), Patches([(0, 0, 0, 0, 9)], OCT), PLAIN, 0.5, progress=False)
    with pytest.raises(InputError, match="probability in"):
        error_table(ColourNet(), EYES, PLAIN, 50, progress=False)
    with pytest.raises(DataError, match="empty"):
        error_table(ColourNet(), EYES, PLAIN, indices=[], progress=False)
