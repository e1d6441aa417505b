"""Enhancements: against the formulas, against OpenCV's own recipe, and no halo at the border."""

import io
import json

import cv2
import numpy as np
import pytest
from PIL import Image

from glaucam.data import FundusParameters, Preprocessing, fundus_phantom
from glaucam.data.enhance import ENHANCEMENTS, circle, enhanced, fill_surround, parse_steps
from glaucam.errors import CheckpointError, InputError, UnknownName

SIDE = 128


@pytest.fixture(scope="module")
def whole_eye():
    return fundus_phantom(0, 4, FundusParameters(view="disc")).image


def coloured_field(colour=(150, 80, 40), side=300, radius=140):
    """A field of one colour on black, antialiased as a camera's."""
    y, x = np.mgrid[:side, :side] - (side - 1) / 2
    inside = np.clip(radius - np.hypot(x, y), 0, 1)[..., None]
    return np.rint(inside * np.array(colour)).astype(np.uint8)


@pytest.mark.parametrize("names", [*ENHANCEMENTS, "clahe ben_graham", "circle_mask green clahe"])
def test_a_field_of_one_colour_stays_flat_up_to_its_border(names):
    """What the model is given has no ring: a filter that saw the black surround would draw one."""
    preprocessing = Preprocessing(size=SIDE, enhance=names.split())
    image = coloured_field()
    frame, field = preprocessing.frame(image), preprocessing.frame_field(image)
    assert 0.5 < field.mean() < 0.8
    assert np.ptp(frame[field].astype(int), axis=0).max() == 0
    values = preprocessing(image).numpy()
    assert np.ptp(values[:, field], axis=1).max() < 1e-3


def test_the_black_surround_would_have_drawn_a_halo():
    """The test above can fail: the same filter without the filling rings the border."""
    image = Preprocessing(size=SIDE).frame(coloured_field())
    field = Preprocessing(size=SIDE).frame_field(coloured_field())
    graham = ENHANCEMENTS["ben_graham"](radius=1.0)
    unfilled = graham.pixels(image)
    assert np.ptp(unfilled[field].astype(int)) > 60
    filled, inside = enhanced(image, field, [graham])
    assert np.ptp(filled[inside].astype(int)) <= 1


def test_ben_graham_leaves_no_step_between_field_and_surround():
    frame = Preprocessing(size=SIDE, enhance=["ben_graham"]).frame(coloured_field())
    assert np.ptp(frame[SIDE // 2].astype(int)) <= 1  # one profile, from surround to surround
    assert (frame[0, 0] == 128).all()


def test_ben_graham_is_his_formula(whole_eye):
    """addWeighted(a, 4, GaussianBlur(a, (0,0), scale/30), -4, 128), as published."""
    pixels = Preprocessing(size=300).frame(whole_eye)
    scale = 150
    blurred = cv2.GaussianBlur(pixels, (0, 0), scale / 30, borderType=cv2.BORDER_REPLICATE)
    published = cv2.addWeighted(pixels, 4, blurred, -4, 128)
    ours = ENHANCEMENTS["ben_graham"]().pixels(pixels)
    difference = np.abs(ours.astype(int) - published.astype(int))
    assert difference.max() <= 5  # the published one rounds the blur before it multiplies by 4
    assert difference.mean() < 1.5


def slow_equalise(level, clip):
    """Clipped histogram equalisation of one tile: the excess is spread over all 256 levels."""
    histogram = np.bincount(level.ravel(), minlength=256)
    most = max(1, int(clip * level.size / 256))
    excess = np.maximum(histogram - most, 0).sum()
    histogram = np.minimum(histogram, most) + excess // 256
    rest = excess % 256
    if rest:
        histogram[np.arange(0, 256, max(256 // rest, 1))[:rest]] += 1
    return np.rint(histogram.cumsum() * 255 / level.size).clip(0, 255).astype(np.uint8)[level]


def test_clahe_equalises_the_lightness_and_keeps_the_hue(whole_eye):
    pixels = Preprocessing(size=64).frame(whole_eye)
    lab = cv2.cvtColor(pixels, cv2.COLOR_RGB2LAB)
    one_tile = ENHANCEMENTS["clahe"](clip=2.0, tiles=1).pixels(pixels)
    expected = cv2.merge([slow_equalise(lab[..., 0], 2.0), lab[..., 1], lab[..., 2]])
    expected = cv2.cvtColor(expected, cv2.COLOR_LAB2RGB)
    np.testing.assert_allclose(one_tile.astype(int), expected.astype(int), atol=2)


def test_clahe_raises_local_contrast(whole_eye):
    plain, clahe = (Preprocessing(size=SIDE, enhance=steps) for steps in ([], ["clahe"]))
    field = plain.frame_field(whole_eye)
    assert clahe.frame(whole_eye)[field].std() > 1.1 * plain.frame(whole_eye)[field].std()


def test_green_is_the_green_channel(whole_eye):
    plain, green = (Preprocessing(size=64, enhance=steps) for steps in ([], ["green"]))
    field = plain.frame_field(whole_eye)
    far_in = field & circle(64, 0.8)  # the rim's own pixels, part black, are filled
    level = plain.frame(whole_eye)[..., 1]
    assert level[far_in].std() > 3
    for channel in range(3):
        got = green.frame(whole_eye)[..., channel]
        np.testing.assert_array_equal(got[far_in], level[far_in])


def test_the_mask_is_a_circle_inside_the_field(whole_eye):
    kept = Preprocessing(size=SIDE, enhance=[{"step": "circle_mask", "radius": 0.5}])
    field = kept.frame_field(whole_eye)
    assert field.mean() == pytest.approx(np.pi / 16, rel=0.03)
    assert (kept.frame(whole_eye)[~field] == 0).all()
    assert (kept(whole_eye).numpy()[:, ~field] == 0).all()


def test_the_surround_takes_the_nearest_colours():
    pixels = np.zeros((64, 64, 3), np.uint8)
    pixels[:, :32], pixels[:, 32:] = (10, 0, 0), (200, 0, 0)
    field = circle(64, 0.7)
    filled = fill_surround(pixels, field)
    assert (filled[0, :10, 0] == 10).all()
    assert (filled[-1, -10:, 0] == 200).all()
    np.testing.assert_array_equal(filled[circle(64, 0.6)], pixels[circle(64, 0.6)])
    everywhere = np.ones((64, 64), bool)
    np.testing.assert_array_equal(fill_surround(pixels, everywhere), pixels)


def test_file_bytes_and_array_give_the_same_tensor(tmp_path, whole_eye):
    path = tmp_path / "eye.png"
    Image.fromarray(whole_eye).save(path)
    preprocessing = Preprocessing(size=64, enhance=["circle_mask", "clahe", "ben_graham"])
    expected = preprocessing(whole_eye).numpy()
    for source in (path, path.read_bytes(), io.BytesIO(path.read_bytes()), Image.open(path)):
        np.testing.assert_array_equal(preprocessing(source).numpy(), expected)


def test_round_trip_through_json_keeps_the_steps_their_order_and_their_numbers():
    made = Preprocessing(enhance=["green", {"step": "clahe", "clip": 3.5}, "ben_graham"])
    again = Preprocessing.from_dict(json.loads(json.dumps(made.to_dict())))
    assert again == made
    assert [step.name for step in again.enhance] == ["green", "clahe", "ben_graham"]
    assert again.enhance[1].clip == 3.5


def test_without_steps_a_header_reads_as_it_always_did():
    assert "enhance" not in Preprocessing().to_dict()
    old = {"size": 64, "standardise": "image", "crop": True, "mean": [0, 0, 0], "std": [1, 1, 1]}
    assert Preprocessing.from_dict(old).enhance == ()


@pytest.mark.parametrize("side", [8, 9, 33])
@pytest.mark.parametrize("value", [0, 7, 255])
def test_flat_and_tiny_pictures_stay_finite(side, value):
    every = Preprocessing(
        size=side, enhance=[*ENHANCEMENTS, {"step": "circle_mask", "radius": 0.1}]
    )
    values = every(np.full((50, 70, 3), value, np.uint8)).numpy()
    assert np.isfinite(values).all()


def test_strange_steps_are_refused():
    with pytest.raises(UnknownName, match="did you mean 'clahe'"):
        parse_steps(["clae"])
    with pytest.raises(InputError, match="expected some of step, clip, tiles"):
        parse_steps([{"step": "clahe", "limit": 2}])
    for wrong in (-1, "2", True, float("nan")):
        with pytest.raises(InputError, match="clip is"):
            parse_steps([{"step": "clahe", "clip": wrong}])
    with pytest.raises(InputError, match="leave it out for OCT"):
        Preprocessing(crop=False, enhance=["ben_graham"])
    with pytest.raises(CheckpointError, match="unknown enhancement"):
        Preprocessing.from_dict({"enhance": [{"step": 5}]})


def unevenly_lit(side=200, radius=95):
    x, y = np.meshgrid(*2 * [np.linspace(-1, 1, side)])
    light = 1 - 0.4 * (x**2 + y**2) + 0.25 * x
    return np.clip(coloured_field(side=side, radius=radius) * light[..., None], 0, 255).astype(
        np.uint8
    )


def test_illumination_evens_the_light_and_keeps_the_hue():
    image = unevenly_lit()
    plain, even = (Preprocessing(size=SIDE, enhance=steps) for steps in ([], ["illumination"]))
    inside = even.frame_field(image) & circle(SIDE, 0.9)
    before, after = (
        plain.frame(image)[inside].astype(float),
        even.frame(image)[inside].astype(float),
    )
    assert after[:, 0].std() < 0.35 * before[:, 0].std()
    assert after.mean() == pytest.approx(before.mean(), rel=0.05)
    hue_before, hue_after = (np.log(v[:, 0] + 1) - np.log(v[:, 1] + 1) for v in (before, after))
    np.testing.assert_allclose(hue_after, hue_before, atol=0.06)


def test_illumination_keeps_the_disc_brighter_than_its_surround(whole_eye):
    frame = Preprocessing(size=SIDE, enhance=["illumination"]).frame(whole_eye)
    plain = Preprocessing(size=SIDE).frame(whole_eye)
    disc = Preprocessing(size=SIDE).frame_mask(
        fundus_phantom(0, 4, FundusParameters(view="disc")).masks["disc"], whole_eye
    )
    field = Preprocessing(size=SIDE).frame_field(whole_eye)
    gaps = [f[disc].mean() - f[field & ~disc].mean() for f in (frame, plain)]
    assert gaps[0] > 0.4 * gaps[1] > 0


def test_z_score_gives_each_channel_the_same_mean_and_spread(whole_eye):
    preprocessing = Preprocessing(size=SIDE, enhance=[{"step": "z_score", "gain": 30}])
    frame, field = preprocessing.frame(whole_eye), preprocessing.frame_field(whole_eye)
    inside = frame[field].astype(float)
    np.testing.assert_allclose(inside.mean(axis=0), 128, atol=3)
    np.testing.assert_allclose(inside.std(axis=0), 30, atol=4)
    assert (frame[~field] == 128).all()


def test_z_score_forgets_exposure_and_tint(whole_eye):
    darker = np.rint(whole_eye * [0.6, 0.7, 0.8]).astype(np.uint8)
    preprocessing = Preprocessing(size=SIDE, enhance=["z_score"])
    both = preprocessing.frame_field(whole_eye) & preprocessing.frame_field(darker)
    one, other = (preprocessing.frame(i)[both].astype(int) for i in (whole_eye, darker))
    assert np.abs(one - other).mean() < 6  # of 255; the darker copy has fewer grey levels


def test_the_picture_is_left_alone(whole_eye):
    before = whole_eye.copy()
    Preprocessing(size=64, enhance=[*ENHANCEMENTS])(whole_eye)
    np.testing.assert_array_equal(whole_eye, before)
