"""Phantoms: deterministic, with masks that are the truth, and no colour that tells the class."""

import pickle
import subprocess
import sys
import zlib

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import glaucam
from glaucam.data import FundusParameters, PhantomFundus, fundus_phantom
from glaucam.data.phantoms import draw_eye
from glaucam.errors import InputError

SMALL = FundusParameters(size=96)


@pytest.fixture(scope="module")
def eyes():
    return [draw_eye(5, i) for i in range(2000)]


@pytest.fixture(scope="module", params=["macula", "disc", "crop"])
def phantoms(request):
    parameters = FundusParameters(view=request.param, size=160)
    return [fundus_phantom(2, i, parameters) for i in range(8)]


def same(one, other):
    np.testing.assert_array_equal(one.image, other.image)
    assert one.masks.keys() == other.masks.keys()
    for name in one.masks:
        np.testing.assert_array_equal(one.masks[name], other.masks[name])
    assert (one.label, one.attributes) == (other.label, other.attributes)


def test_order_does_not_matter():
    forward = [fundus_phantom(3, i, SMALL) for i in range(4)]
    backward = [fundus_phantom(3, i, SMALL) for i in reversed(range(4))][::-1]
    for one, other in zip(forward, backward, strict=True):
        same(one, other)


def test_another_process_and_a_pickled_data_set_agree():
    program = (
        "import zlib; from glaucam.data import *; "
        "p = fundus_phantom(3, 1, FundusParameters(size=96)); "
        "print(zlib.crc32(p.image.tobytes()), zlib.crc32(p.masks['vessel'].tobytes()))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, text=True
    )
    data = pickle.loads(pickle.dumps(PhantomFundus(4, 3, SMALL)))
    here = data[1]
    expected = [zlib.crc32(here.image.tobytes()), zlib.crc32(here.masks["vessel"].tobytes())]
    assert [int(word) for word in run.stdout.split()] == expected


def test_global_random_state_is_neither_read_nor_moved():
    np.random.seed(1)
    before = np.random.get_state()[1].copy()
    first = fundus_phantom(0, 0, SMALL)
    assert (np.random.get_state()[1] == before).all()
    np.random.seed(2)
    same(first, fundus_phantom(0, 0, SMALL))


def test_seeds_and_indices_differ():
    images = [
        fundus_phantom(s, i, SMALL).image for s, i in ((0, 0), (0, 1), (0, 2), (1, 0), (2, 0))
    ]
    for i, one in enumerate(images):
        for other in images[:i]:
            assert np.abs(one.astype(int) - other).mean() > 3


def test_shapes_and_nesting(phantoms):
    for phantom in phantoms:
        masks = phantom.masks
        assert phantom.image.shape == (160, 160, 3)
        assert phantom.image.dtype == np.uint8
        assert set(masks) == {"disc", "cup", "rim", "vessel", "fovea", "field"}
        assert all(mask.dtype == bool and mask.shape == (160, 160) for mask in masks.values())
        assert not (masks["cup"] & ~masks["disc"]).any()
        np.testing.assert_array_equal(masks["rim"], masks["disc"] & ~masks["cup"])
        assert not (masks["disc"] & ~masks["field"]).any()
        assert not (masks["vessel"] & ~masks["field"]).any()
        assert masks["cup"].any()
        assert masks["rim"].any()


def height(mask):
    rows = np.flatnonzero(mask.any(axis=1))
    return rows[-1] - rows[0] + 1


def test_vcdr_measured_in_the_masks_is_the_attribute(phantoms):
    for phantom in phantoms:
        disc, cup = height(phantom.masks["disc"]), height(phantom.masks["cup"])
        assert abs(disc - phantom.attributes["disc_pixels"]) <= 1.5
        assert abs(cup / disc - phantom.attributes["vcdr"]) <= 2 / disc


def test_picture_shows_what_the_masks_say():
    """Discs are brighter than the retina beside them, vessels darker, in the green channel."""
    parameters = FundusParameters(view="crop", size=128)
    brighter, darker = [], []
    for i in range(24):
        phantom = fundus_phantom(9, i, parameters)
        green, masks = phantom.image[..., 1].astype(float), phantom.masks
        bare = ~masks["vessel"] & masks["field"]
        brighter.append(green[masks["cup"] & bare].mean() > green[~masks["disc"] & bare].mean())
        darker.append(green[masks["vessel"]].mean() < green[bare].mean())
    assert np.mean(brighter) > 0.9
    assert np.mean(darker) > 0.95


def test_surround_is_dark_and_field_is_not(phantoms):
    for phantom in phantoms:
        field = phantom.masks["field"]
        assert phantom.image[field].mean() > 25
        if not field.all():
            assert phantom.image[~field].mean() < 20


def test_fovea_is_temporal_and_below_the_disc():
    for i in range(6):
        phantom = fundus_phantom(4, i, FundusParameters(view="macula", size=128))
        (fy, fx), (dy, dx) = (np.argwhere(phantom.masks[m]).mean(axis=0) for m in ("fovea", "disc"))
        right_eye = phantom.attributes["laterality"] == "R"
        assert (fx < dx) == right_eye  # the nose, and so the disc, is right of a right eye's fovea
        assert abs(fx - dx) > 20
        assert fy - dy > -8


def test_vcdr_alone_separates_the_classes_as_meant(eyes):
    labels, vcdr = [eye.label for eye in eyes], [eye.disc.vcdr for eye in eyes]
    assert 0.88 <= roc_auc_score(labels, vcdr) <= 0.95
    harmless = [draw_eye(5, i, FundusParameters(severity=0)) for i in range(1000)]
    flat = roc_auc_score([e.label for e in harmless], [e.disc.vcdr for e in harmless])
    assert abs(flat - 0.5) < 0.05


def test_anatomy_follows_its_sources(eyes):
    normal = np.array([eye.disc.vcdr for eye in eyes if eye.label == 0])
    assert 0.40 < np.median(normal) < 0.52
    assert 0.6 < np.quantile(normal, 0.975) < 0.76
    area = [np.mean(eye.disc.outline**2) * np.pi for eye in eyes]
    assert abs(np.median(area) - 1.95) < 0.1
    away = np.array([np.hypot(*eye.fovea) for eye in eyes])
    assert abs(away.mean() - 4.76) < 0.05
    assert abs(np.mean([eye.label for eye in eyes]) - 0.5) < 0.01


def test_isnt_is_sampled_not_enforced(eyes):
    def isnt(disc):
        inferior, superior, nasal, temporal = (disc.outline - disc.cup)[[270, 90, 0, 180]]
        return inferior >= superior >= nasal >= temporal

    share = [np.mean([isnt(e.disc) for e in eyes if e.label == label]) for label in (0, 1)]
    assert 0.15 < share[0] < 0.6
    assert share[1] <= share[0] + 0.02


def test_nothing_but_the_disc_depends_on_the_class(eyes):
    labels = np.array([eye.label for eye in eyes])
    for trait in (
        [eye.laterality == "R" for eye in eyes],
        [eye.disc.diameter for eye in eyes],
        [eye.view.kind == "crop" for eye in eyes],
        [eye.view.scale for eye in eyes],
        [eye.pigment[1] - eye.pigment[0] for eye in eyes],
    ):
        assert abs(roc_auc_score(labels, trait) - 0.5) < 0.06


@pytest.mark.parametrize(("view", "n"), [("crop", 300), ("mixed", 200)])
def test_colour_statistics_do_not_tell_the_class(view, n):
    data = PhantomFundus(n, 7, FundusParameters(size=64, view=view))
    pixels = np.stack([data.image(i) for i in range(len(data))]).reshape(len(data), -1, 3)
    features = np.concatenate([pixels.mean(axis=1), pixels.std(axis=1)], axis=1)
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    score = cross_val_predict(
        model, features, data.labels, groups=data.groups, cv=GroupKFold(5), method="predict_proba"
    )[:, 1]
    assert roc_auc_score(data.labels, score) <= 0.6


def test_both_eyes_of_a_patient_share_label_and_view(eyes):
    for right, left in zip(eyes[::2], eyes[1::2], strict=True):
        assert (right.label, right.view.kind) == (left.label, left.view.kind)
        assert (right.laterality, left.laterality) == ("R", "L")


@pytest.mark.parametrize("seed", range(6))
def test_six_eyes_hold_both_classes(seed):
    assert set(PhantomFundus(6, seed).labels) == {0, 1}


def test_data_set_is_registered_and_agrees_with_its_phantoms():
    data = glaucam.DATASETS["phantom_fundus"](6, seed=1, parameters=SMALL)
    assert data.classes == ("normal", "glaucoma")
    assert data.title
    assert data.task == "glaucoma"
    for i in range(len(data)):
        assert data[i].label == data.label(i) == data.labels[i]
        assert data[i].attributes["patient"] == data.groups[i]
        np.testing.assert_array_equal(data.image(i), data[i].image)
    assert len(set(data.image_names)) == 6
    with pytest.raises(IndexError):
        data[6]
    part = data.part(np.array([4, 1]))
    np.testing.assert_array_equal(part.image(1), data.image(1))
    assert part.labels.tolist() == data.labels[[4, 1]].tolist()


@pytest.mark.parametrize(
    "wrong", [{"size": 5}, {"view": "side"}, {"severity": 3}, {"prevalence": -1}, {"size": 1.5}]
)
def test_wrong_parameters(wrong):
    with pytest.raises(InputError, match="expected"):
        FundusParameters(**wrong)


def test_wrong_seed_or_number():
    with pytest.raises(InputError, match="from 0 on"):
        fundus_phantom(-1, 0)
    with pytest.raises(InputError, match="from 1 on"):
        PhantomFundus(0)
