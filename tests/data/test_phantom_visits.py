"""Two visits: the same anatomy, a new photograph, glaucoma that has gone on, and no leak."""

import csv
import json
from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage

from glaucam.cli import main
from glaucam.data import ClassFolder, FundusParameters, PhantomFundus, check_folder, fundus_phantom
from glaucam.data.leaks import refuse_leaks
from glaucam.data.phantoms import draw_eye
from glaucam.data.phantoms.eye import place_of
from glaucam.data.phantoms.parameters import SHORTCUTS, STRUCTURES
from glaucam.errors import InputError

TWICE = FundusParameters(size=128, visits=2)


def test_pictures_take_turns_by_visit_and_side():
    assert [(p.patient, p.number % 2, p.visit) for p in (place_of(i, 2) for i in range(8))] == [
        (0, 0, 0), (0, 1, 0), (0, 0, 1), (0, 1, 1), (1, 0, 0), (1, 1, 0), (1, 0, 1), (1, 1, 1)
    ]  # fmt: skip
    assert [place_of(i).number for i in range(4)] == [0, 1, 2, 3]


def test_the_first_visit_is_the_eye_as_it_is_without_a_second():
    for i in range(12):
        place = place_of(i, 2)
        if place.visit == 0:
            once, twice = draw_eye(3, place.number), draw_eye(3, i, FundusParameters(visits=2))
            assert once.attributes() == {
                k: v for k, v in twice.attributes().items() if k != "visit"
            }
            assert once.view == twice.view


@pytest.mark.parametrize("seed", [1, 4])
def test_an_eye_keeps_its_anatomy_and_gets_a_new_photograph(seed):
    for i in (0, 1, 4, 5, 8, 9):
        first, later = (draw_eye(seed, i + 2 * visit, TWICE) for visit in (0, 1))
        assert (first.number, first.laterality, first.label) == (
            later.number, later.laterality, later.label
        )  # fmt: skip
        assert (first.visit, later.visit) == (0, 1)
        np.testing.assert_array_equal(first.disc.outline, later.disc.outline)
        np.testing.assert_array_equal(first.fovea, later.fovea)
        np.testing.assert_array_equal(first.pigment, later.pigment)
        assert first.signs == later.signs
        assert first.view.kind == later.view.kind
        assert first.view.disc != later.view.disc


def test_only_glaucoma_goes_on():
    parameters = FundusParameters(visits=2)
    for patient in range(40):
        for side in (0, 1):
            i = 4 * patient + side
            first, later = draw_eye(6, i, parameters), draw_eye(6, i + 2, parameters)
            growth = later.disc.cup - first.disc.cup
            assert (growth >= 0).all()
            assert (growth.max() > 0) == bool(first.label)
            assert later.disc.vcdr - first.disc.vcdr < 0.25
    harmless = replace(parameters, severity=0)
    still = [draw_eye(6, i, harmless).disc.vcdr for i in (0, 2)]
    assert still[0] == pytest.approx(still[1], abs=0.01)


@pytest.mark.parametrize("view", ["macula", "disc", "crop", "close"])
def test_vessels_are_the_same_in_the_eye_s_own_millimetres(view):
    """The vessels that one picture shows lie on those of the other, where both show the retina."""
    parameters = replace(TWICE, view=view, size=192)
    for i in (0, 5):
        pair = [fundus_phantom(8, i + 2 * visit, parameters) for visit in (0, 1)]
        eyes = [draw_eye(8, i + 2 * visit, parameters) for visit in (0, 1)]
        rows, columns = np.nonzero(pair[0].masks["vessel"])
        x, y = (grid[rows, columns] for grid in eyes[0].view.grid())
        points = np.stack([x, y], axis=1)
        points = points[eyes[1].view.shows(points, 0.1)]
        at = eyes[1].view.pixels(points).astype(int)
        near = ndimage.binary_dilation(pair[1].masks["vessel"], iterations=1)
        assert len(points) > 50
        assert near[at[:, 1], at[:, 0]].mean() > 0.8  # the thinnest are half a pixel wide


def test_the_retina_looks_the_same_where_the_camera_allows():
    """Without camera and framing, both visits would show one picture: here a tessellated eye."""
    parameters = replace(TWICE, view="macula", size=192)
    found = []
    for i in range(0, 40, 4):
        pair = [fundus_phantom(2, i + 2 * visit, parameters) for visit in (0, 1)]
        eyes = [draw_eye(2, i + 2 * visit, parameters) for visit in (0, 1)]
        spots = np.random.default_rng(0).uniform(-3, 1, (800, 2))
        spots = spots[eyes[0].view.shows(spots, 0.2) & eyes[1].view.shows(spots, 0.2)]
        greys = []
        for phantom, eye in zip(pair, eyes, strict=True):
            green = phantom.image[..., 1].astype(float)
            fine = ndimage.gaussian_filter(green, 1) - ndimage.gaussian_filter(green, 12)
            at = eye.view.pixels(spots).astype(int)
            greys.append(fine[at[:, 1], at[:, 0]])
        found.append(np.corrcoef(*greys)[0, 1])
    assert np.median(found) > 0.7


def test_masks_hold_at_both_visits():
    for i in range(8):
        phantom = fundus_phantom(5, i, TWICE)
        assert set(STRUCTURES) <= set(phantom.masks)
        assert all(mask.shape == (128, 128) for mask in phantom.masks.values())
        assert not (phantom.masks["cup"] & ~phantom.masks["disc"]).any()
        rows = np.flatnonzero(phantom.masks["disc"].any(axis=1))
        assert abs(rows[-1] - rows[0] + 1 - phantom.attributes["disc_pixels"]) <= 1.5


def test_pictures_of_a_patient_stay_together():
    data = PhantomFundus(400, 3, TWICE)
    names, visits = np.unique(data.groups, return_counts=True)
    assert (len(names), set(visits)) == (100, {4})
    assert set(data.splits) == {"train", "val", "test"}
    for name in names:
        assert len(set(data.splits[data.groups == name])) == 1
        assert len(set(data.labels[data.groups == name])) == 1
    refuse_leaks(data.image_names, data.groups, data.splits, "phantoms")
    seen = [data[i].attributes for i in range(4)]
    assert [(a["patient"], a["laterality"], a["visit"]) for a in seen] == [
        ("p00000", "R", 1), ("p00000", "L", 1), ("p00000", "R", 2), ("p00000", "L", 2)
    ]  # fmt: skip
    assert "visit" not in PhantomFundus(2, 3)[0].attributes


def test_export_names_the_visit_and_groups_the_patient(tmp_path, capsys):
    out = str(tmp_path / "eyes")
    asked = ["data", "make", "--n", "8", "--size", "64", "--visits", "2", "--out", out, "--json"]
    assert main(asked) == 0
    json.loads(capsys.readouterr().out)
    with (tmp_path / "eyes" / "table.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["visit"] for row in rows] == ["1", "1", "2", "2"] * 2
    read = ClassFolder(out)
    assert check_folder(out).ok
    assert sorted({item.patient for item in read.items}) == ["p00000", "p00001"]
    for name in set(read.groups):
        assert (read.groups == name).sum() == 4
        assert len(set(read.splits[read.groups == name])) == 1


@pytest.mark.parametrize("name", SHORTCUTS)
def test_a_shortcut_stays_with_the_eye(name):
    planted = FundusParameters(visits=2, shortcut=name, agreement=0.8)
    for i in (0, 1, 4, 5):
        first, later = draw_eye(6, i, planted), draw_eye(6, i + 2, planted)
        assert first.bears_shortcut == later.bears_shortcut
        assert first.laterality == later.laterality


@pytest.mark.parametrize("visits", [0, 3, "two", 1.0])
def test_other_numbers_of_visits_are_refused(visits):
    with pytest.raises(InputError, match="expected 1 or 2"):
        FundusParameters(visits=visits)
