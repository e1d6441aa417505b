"""The disc is found on phantoms whose disc is known, and on real photos by their masks."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from glaucam.data import (
    ClassFolder,
    DiscLocation,
    FundusParameters,
    PhantomFundus,
    crop_around_disc,
    find_disc,
)
from glaucam.data.disc_outline import outermost


def error_in_diameters(image, disc):
    rows, columns = np.nonzero(disc)
    found = find_disc(image)
    away = np.hypot(found.x - columns.mean() - 0.5, found.y - rows.mean() - 0.5)
    return away / (np.ptp(rows) + 1), found


@pytest.mark.parametrize("view", ["macula", "disc", "crop"])
def test_the_disc_of_phantoms_is_found(view):
    data = PhantomFundus(12, 5, FundusParameters(view=view))
    errors = [error_in_diameters(data.image(i), data.masks(i)["disc"])[0] for i in range(12)]
    assert np.median(errors) <= 0.3
    assert np.mean(np.array(errors) <= 0.5) >= 0.75


@pytest.mark.slow
@pytest.mark.parametrize(("wide", "most"), [(False, 0.22), (True, 0.32)])
def test_in_most_crops_the_cup_is_not_taken_for_the_disc(wide, most):
    data = PhantomFundus(40, 5, FundusParameters(view="crop", wide=wide))
    ratios = [
        find_disc(phantom.image).diameter / (np.ptp(np.nonzero(phantom.masks["disc"])[0]) + 1)
        for phantom in data
    ]
    assert (
        np.mean(np.array(ratios) < 0.75) <= most
    )  # a third or more, were outer edges not looked for
    assert np.mean(np.array(ratios) > 1.3) <= 0.1


def pale(image, diameter, colour):
    rows, columns = np.ogrid[: len(image), : len(image)]
    image[np.hypot(rows - 99.5, columns - 99.5) <= diameter / 2] = colour


@pytest.mark.parametrize(
    ("rim", "found"),
    [((200, 150, 90), 120), ((163, 83, 33), 60), ((150, 75, 30), 60)],
    ids=["an edge as clear as the cup's", "a halo", "nothing"],
)
def test_around_a_cup_the_next_clear_edge_is_the_discs(rim, found):
    image = np.full((200, 200, 3), (150, 75, 30), np.float32)
    pale(image, 120, rim)
    pale(image, 60, (250, 215, 150))
    x, y, diameter = outermost(image, 100, 100, 60, most=200)
    assert diameter == pytest.approx(found, rel=0.05)
    assert (x, y) == pytest.approx((100, 100), abs=2)


# The first two show hardly any disc; in the third the cup has as clear an edge as the disc.
@pytest.mark.parametrize("i", range(3, 8))
def test_its_size_and_place_scale_with_the_photo(i):
    phantom = PhantomFundus(8, 5, FundusParameters(view="disc"))[i]
    one = find_disc(phantom.image)
    wide = np.pad(phantom.image.repeat(2, axis=0).repeat(2, axis=1), ((0, 0), (60, 20), (0, 0)))
    two = find_disc(wide)
    assert (two.x - 60) / 2 == pytest.approx(one.x, abs=1.5)
    assert two.y / 2 == pytest.approx(one.y, abs=1.5)
    assert two.diameter / 2 == pytest.approx(one.diameter, rel=0.1)


@pytest.mark.parametrize("i", range(2, 8))
def test_flare_on_the_fields_edge_is_no_disc(i):
    phantom = PhantomFundus(8, 5, FundusParameters(view="disc"))[i]
    field = phantom.masks["field"]
    rows, columns = np.ogrid[:256, :256]
    image = phantom.image.copy()
    image[(np.hypot(rows - 40, columns - 210) < 25) & field] = (255, 230, 120)
    away, _ = error_in_diameters(image, phantom.masks["disc"])
    assert away <= 0.5


def test_a_flat_picture_gets_an_answer_that_nobody_should_believe():
    for image in (np.zeros((40, 60, 3), np.uint8), np.full((9, 9, 3), 200, np.uint8)):
        assert find_disc(image).confidence < 0.3


def test_the_crop_is_centred_on_the_disc_and_black_beyond_the_photo():
    image = np.full((50, 80, 3), 9, np.uint8)
    image[10, 70] = 255
    crop = crop_around_disc(image, 2.5, DiscLocation(70.5, 10.5, 20.4, 1.0))
    assert crop.shape == (51, 51, 3)
    assert (crop[25, 25] == 255).all()
    assert (crop[:15] == 0).all()
    assert (crop[15:, :35] > 0).all()
    assert (crop[:, 36:] == 0).all()


def test_the_crop_may_lie_inside_or_wholly_beyond():
    image = np.full((50, 80, 3), 9, np.uint8)
    assert (crop_around_disc(image, 1, DiscLocation(40, 25, 20, 1.0)) == 9).all()
    assert not crop_around_disc(image, 1, DiscLocation(-40, 25, 20, 1.0)).any()


@pytest.mark.realdata
@pytest.mark.skipif(not os.environ.get("GLAUCAM_REAL_DATA"), reason="GLAUCAM_REAL_DATA not set")
def test_the_disc_of_real_photos_is_found():
    data = ClassFolder(Path(os.environ["GLAUCAM_REAL_DATA"]) / "drishti_gs1_train")
    errors = [error_in_diameters(data.image(i), data.masks(i)["disc"])[0] for i in range(0, 50, 4)]
    assert np.median(errors) <= 0.2
    assert max(errors) <= 0.5
