"""The field's circle, from synthetic circles cut on any side and from phantoms' exact fields."""

from __future__ import annotations

import numpy as np
import pytest

from glaucam.data import FundusParameters, PhantomFundus
from glaucam.data.circle import fit_circle
from glaucam.data.field_circle import fit_field_circle


def round_photo(x, y, radius, shape=(300, 400), cuts=(0, 0, 400, 300)):
    """An orange circle on black, kept between the cuts (left, top, right, bottom)."""
    rows, columns = np.ogrid[: shape[0], : shape[1]]
    inside = np.hypot(columns + 0.5 - x, rows + 0.5 - y) <= radius
    left, top, right, bottom = cuts
    inside &= (columns >= left) & (columns < right) & (rows >= top) & (rows < bottom)
    return np.where(inside[..., None], (150, 80, 40), 0).astype(np.uint8)


@pytest.mark.parametrize(
    ("circle", "cuts", "clipped"),
    [
        ((200, 150, 120), (0, 0, 400, 300), {}),
        ((200, 150, 140), (0, 40, 400, 260), {"top": 30 / 280, "bottom": 30 / 280}),
        ((200, 150, 140), (0, 70, 400, 230), {"top": 60 / 280, "bottom": 60 / 280}),
        ((200, 150, 180), (0, 0, 400, 300), {"top": 30 / 360, "bottom": 30 / 360}),
        ((60, 150, 120), (0, 0, 400, 300), {"left": 60 / 240}),
        ((380, 170, 150), (0, 60, 400, 300), {"right": 0.43, "top": 0.13, "bottom": 0.07}),
    ],
)
def test_the_circle_is_found_whatever_is_cut_off(circle, cuts, clipped):
    found = fit_field_circle(round_photo(*circle, cuts=cuts))
    assert (found.x, found.y) == pytest.approx(circle[:2], abs=4)
    assert found.radius == pytest.approx(circle[2], abs=4)  # find_field looks at pixels of 3
    assert found.residual < 0.01
    sides = dict.fromkeys(("left", "top", "right", "bottom"), 0.0) | clipped
    assert found.clipped == pytest.approx(sides, abs=0.02)


def test_a_notch_and_a_label_do_not_move_it():
    photo = round_photo(200, 150, 120)
    photo[60:90, 285:330] = (150, 80, 40)  # a marker at the border, as cameras put it
    photo[5:20, 5:60] = 255
    found = fit_field_circle(photo)
    assert (found.x, found.y, found.radius) == pytest.approx((200, 150, 120), abs=4)


@pytest.mark.parametrize("view", ["macula", "disc"])
def test_phantoms_agree_with_their_exact_field(view):
    data = PhantomFundus(8, 9, FundusParameters(view=view))
    for i in range(len(data)):
        phantom, view_of = data[i], data.eye(i).view
        found = fit_field_circle(phantom.image)
        assert (found.x, found.y) == pytest.approx(view_of.centre, abs=0.02 * view_of.size)
        assert found.radius == pytest.approx(view_of.radius, rel=0.03)
        rows, columns = np.ogrid[: view_of.size, : view_of.size]
        inside = np.hypot(columns + 0.5 - found.x, rows + 0.5 - found.y) <= found.radius
        field = phantom.masks["field"]
        assert (inside & field).sum() / field.sum() > 0.97


def test_without_a_border_there_is_no_circle():
    assert fit_field_circle(np.full((60, 80, 3), 120, np.uint8)) is None
    assert fit_field_circle(np.zeros((60, 80, 3), np.uint8)) is None


def test_a_square_is_no_circle():
    photo = np.zeros((200, 200, 3), np.uint8)
    photo[40:160, 40:160] = 150
    found = fit_field_circle(photo)
    assert found is None or found.residual > 0.01 or found.seen < 0.6


def test_kasas_fit_is_exact_on_points_of_a_circle():
    angle = np.linspace(0, 2, 9)
    points = np.stack([1000 + 7 * np.cos(angle), -20 + 7 * np.sin(angle)], axis=1)
    centre, radius = fit_circle(points)
    assert (*centre, radius) == pytest.approx((1000, -20, 7))


def test_points_on_a_line_have_no_circle():
    assert fit_circle(np.array([[0.0, 0], [1, 1], [2, 2]]))[1] == float("inf")
    assert fit_circle(np.empty((0, 2)))[1] == float("inf")
