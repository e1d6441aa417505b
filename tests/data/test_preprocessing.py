"""One definition from photo to tensor: the same for a file, its bytes and an array."""

import io
import json

import numpy as np
import pytest
from PIL import Image

from glaucam.data import (
    DiscLocation,
    FundusParameters,
    PhantomFundus,
    Preprocessing,
    crop_around_disc,
    find_field,
    fundus_phantom,
)
from glaucam.errors import CheckpointError, InputError


@pytest.fixture(scope="module")
def whole_eye():
    return fundus_phantom(0, 4, FundusParameters(view="disc"))


def with_margin(image, left=60, right=20, top=10, bottom=0):
    return np.pad(image, ((top, bottom), (left, right), (0, 0)))


def test_round_trip_through_json():
    made = Preprocessing(size=64, standardise="fixed", mean=(0.1, 0.2, 0.3))
    assert Preprocessing.from_dict(json.loads(json.dumps(made.to_dict()))) == made


@pytest.mark.parametrize(
    ("values", "word"),
    [({"sise": 96}, "sise"), ({"size": 0}, "0"), ({"standardise": "none"}, "none"),
     ({"mean": [1, 2]}, "three"), ({"size": "96"}, "'96'")],
)  # fmt: skip
def test_strange_values_are_refused(values, word):
    with pytest.raises(CheckpointError, match=word):
        Preprocessing.from_dict(values)


def test_file_bytes_array_and_image_give_the_same_tensor(tmp_path, whole_eye):
    path = tmp_path / "eye.png"
    Image.fromarray(whole_eye.image).save(path)
    preprocessing = Preprocessing()
    expected = preprocessing(whole_eye.image).numpy()
    sources = (path, path.read_bytes(), io.BytesIO(path.read_bytes()), Image.open(path))
    for source in sources:
        np.testing.assert_array_equal(preprocessing(source).numpy(), expected)
    batch = preprocessing.batch([whole_eye.image, path])
    assert batch.shape == (2, 3, 96, 96)
    np.testing.assert_array_equal(batch[1].numpy(), expected)


def test_black_margin_changes_nothing(whole_eye):
    preprocessing = Preprocessing()
    plain = preprocessing.frame(whole_eye.image).astype(float)
    margin = preprocessing.frame(with_margin(whole_eye.image)).astype(float)
    assert np.abs(plain - margin).mean() < 3
    assert plain.mean() > 40


def test_field_of_a_phantom_is_found(whole_eye):
    found, truth = find_field(whole_eye.image), whole_eye.masks["field"]
    assert (found & truth).sum() / (found | truth).sum() > 0.96


def test_crop_without_surround_is_all_field():
    phantom = fundus_phantom(1, 3, FundusParameters(view="crop", size=128))
    assert phantom.masks["field"].all()
    assert find_field(phantom.image).all()


@pytest.mark.parametrize("value", [0, 7, 255])
def test_flat_pictures_stay_finite(value):
    values = Preprocessing(size=32)(np.full((50, 70, 3), value, np.uint8)).numpy()
    assert values.shape == (3, 32, 32)
    assert np.isfinite(values).all()


def test_mask_follows_its_image(whole_eye):
    """A mask drawn into the image ends where frame_mask puts it."""
    disc = whole_eye.masks["disc"]
    painted = whole_eye.image.copy()
    painted[disc] = (0, 0, 255)
    padded, mask = with_margin(painted), np.pad(disc, ((10, 0), (60, 20)))
    preprocessing = Preprocessing(size=128)
    framed = preprocessing.frame(padded).astype(int)
    blue = framed[..., 2] - framed[..., 0] > 60
    moved = preprocessing.frame_mask(mask, padded)
    assert (blue & moved).sum() / (blue | moved).sum() > 0.85
    with pytest.raises(InputError, match="expected the same"):
        preprocessing.frame_mask(disc, padded)


def test_image_standardisation_is_over_the_field_only(whole_eye):
    values = Preprocessing(size=96)(whole_eye.image).numpy()
    inside = values != 0
    assert 0.6 < inside.mean() < 0.9  # a circle in its square
    for channel, field in zip(values, inside, strict=True):
        assert abs(channel[field].mean()) < 0.05
        assert abs(channel[field].std() - 1) < 0.05
    assert (values[:, 0, 0] == 0).all()


def test_exposure_is_forgotten():
    image = fundus_phantom(1, 3, FundusParameters(view="crop", size=96)).image
    dim = (image * np.array([0.8, 0.6, 0.9])).round().astype(np.uint8)
    preprocessing = Preprocessing()
    difference = preprocessing(image).numpy() - preprocessing(dim).numpy()
    assert np.abs(difference).mean() < 0.05


def test_fixed_standardisation_by_hand():
    image = np.full((20, 20, 3), 255, np.uint8)
    values = Preprocessing(size=8, standardise="fixed")(image).numpy()
    np.testing.assert_allclose(values[:, 0, 0], [2.2489, 2.4286, 2.64], atol=1e-3)


def test_shrinking_is_antialiased():
    stripes = np.zeros((256, 256, 3), np.uint8)
    stripes[:, ::2] = 255
    assert Preprocessing(size=64, crop=False).frame(stripes).std() < 3


@pytest.fixture(scope="module")
def whole():
    return PhantomFundus(1, 5, FundusParameters(view="disc"))[0]


def test_around_disc_frames_the_disc_of_a_whole_view(whole):
    plain, around = Preprocessing(size=64), Preprocessing(size=64, around_disc=2.5)
    parts = [p.frame_mask(whole.masks["disc"], whole.image).mean() for p in (plain, around)]
    assert parts[0] < 0.04
    assert 0.06 < parts[1] < 0.25  # a circle of .4 of the side has .126
    assert around(whole.image).shape == (3, 64, 64)
    np.testing.assert_allclose(
        around.frame(whole.image),
        np.asarray(Image.fromarray(crop_around_disc(whole.image, 2.5)).resize((64, 64), 2)),
        atol=2,
    )


def test_around_disc_leaves_crops_and_doubtful_discs_as_they_are(whole, monkeypatch):
    crop = PhantomFundus(1, 5, FundusParameters(view="crop"))[0].image
    plain, around = Preprocessing(size=64), Preprocessing(size=64, around_disc=2.5)
    np.testing.assert_array_equal(plain.frame(crop), around.frame(crop))
    doubtful = DiscLocation(100, 100, 30, confidence=0.4)
    monkeypatch.setattr("glaucam.data.preprocessing.find_disc", lambda image: doubtful)
    np.testing.assert_array_equal(plain.frame(whole.image), around.frame(whole.image))


def test_around_disc_is_kept_in_the_header_and_old_headers_read_as_ever():
    made = Preprocessing(around_disc=2.5)
    assert Preprocessing.from_dict(json.loads(json.dumps(made.to_dict()))) == made
    assert "around_disc" not in Preprocessing().to_dict()
    assert Preprocessing.from_dict({"size": 64}).around_disc is None


@pytest.mark.parametrize("wrong", [0, 11, "2", True, float("nan")])
def test_a_strange_around_disc_is_refused(wrong):
    with pytest.raises(InputError, match="around_disc"):
        Preprocessing(around_disc=wrong)
    with pytest.raises(InputError, match="leave it out for OCT"):
        Preprocessing(crop=False, around_disc=2.5)
