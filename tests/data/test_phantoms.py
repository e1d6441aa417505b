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
from glaucam.data.phantoms.eye import PICTURES, stream
from glaucam.data.phantoms.parameters import SHORTCUTS, STRUCTURES
from glaucam.data.phantoms.vessels import grow_vessels
from glaucam.errors import InputError, UnknownName

SMALL = FundusParameters(size=96)


@pytest.fixture(scope="module")
def eyes():
    return [draw_eye(5, i) for i in range(2000)]


@pytest.fixture(scope="module", params=["macula", "disc", "crop", "close"])
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
        assert set(masks) - {"wedge", "lesion"} == set(STRUCTURES)
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
        retina = ~masks["disc"] & bare
        brighter.append(green[masks["cup"] & bare].mean() > green[retina].mean())
        darker.append(green[masks["vessel"] & ~masks["disc"]].mean() < green[retina].mean())
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


def test_other_signs_are_more_frequent_in_glaucoma_and_present_in_normals(eyes):
    def share(label, has):
        return np.mean([has(eye.signs) for eye in eyes if eye.label == label])

    for has in (lambda s: s.wedges, lambda s: s.atrophy, lambda s: s.haemorrhage is not None):
        normal, ill = (share(label, lambda s, has=has: bool(has(s))) for label in (0, 1))
        assert 0 < normal < ill < 0.7
    assert 0.1 < share(1, lambda s: bool(s.wedges)) < 0.3  # 20 %, and 1 in 193
    assert share(0, lambda s: bool(s.wedges)) < 0.02
    fibres = [np.mean([e.signs.fibres for e in eyes if e.label == k]) for k in (0, 1)]
    assert fibres[0] - fibres[1] > 0.08


def test_the_cup_is_paler_in_advanced_glaucoma_only():
    def pallor(severity, label):
        found = (draw_eye(5, i, FundusParameters(severity=severity)) for i in range(800))
        return np.mean([np.log(eye.signs.pallor) for eye in found if eye.label == label])

    assert abs(pallor(1, 1) - pallor(1, 0)) < 0.08  # at 1 colour shall not tell the class
    assert pallor(1.6, 1) - pallor(1.6, 0) > 0.2


def trunks_enter_at(eye, parameters):
    """Mean of where the trunks begin, in disc diameters."""
    rng = stream(5, eye.number, PICTURES)
    vessels = grow_vessels(rng, eye.disc, eye.fovea, *eye.canvas.reach(), parameters.ranges)
    starts = [v.points[0] for v in vessels if v.widths[-1] == v.widths.max()]  # branches taper
    return np.mean(starts, axis=0) / eye.disc.diameter


def test_in_wide_eyes_the_place_of_vessels_tells_less_of_the_cup():
    found = {}
    for wide in (False, True):
        parameters = FundusParameters(view="crop", size=64, wide=wide)
        eyes = [draw_eye(5, i, parameters) for i in range(150)]
        across = [trunks_enter_at(eye, parameters)[0] for eye in eyes]
        found[wide] = np.corrcoef(across, [eye.disc.vcdr for eye in eyes])[0, 1]
    assert found[False] > 0.6 > 0.5 > found[True] > 0


def test_a_trunk_that_splits_at_once_on_a_small_disc_is_drawn():
    parameters = FundusParameters(view="disc", size=64, wide=True)
    eye = draw_eye(31, 94, parameters)  # .054 mm of trunk
    vessels = grow_vessels(stream(31, 94, PICTURES), eye.disc, eye.fovea, *eye.canvas.reach(),
                           parameters.ranges)  # fmt: skip
    assert min(len(vessel.points) for vessel in vessels) == 2
    assert fundus_phantom(31, 94, parameters).masks["vessel"].any()


def test_wide_eyes_are_drawn_alike_again_and_have_the_same_discs():
    plain, wide = (FundusParameters(view="crop", size=64, wide=w) for w in (False, True))
    first, again, other = (fundus_phantom(5, 3, p) for p in (wide, wide, plain))
    assert np.array_equal(first.image, again.image)
    assert not np.array_equal(first.image, other.image)
    for name in ("disc", "cup", "field"):
        assert np.array_equal(first.masks[name], other.masks[name])


def test_in_wide_eyes_a_large_cup_is_pale_in_both_classes():
    found = [draw_eye(5, i, FundusParameters(wide=True)) for i in range(800)]
    for label in (0, 1):
        of = [(e.disc.vcdr, np.log(e.signs.pallor)) for e in found if e.label == label]
        assert 0.2 < np.corrcoef(np.transpose(of))[0, 1] < 0.6


@pytest.fixture(scope="module")
def plain_and_wide():
    return [
        list(PhantomFundus(80, 5, FundusParameters(view="crop", size=64, wide=wide)))
        for wide in (False, True)
    ]


def temporal_pallor(phantom):
    """How much brighter, log green, the disc's temporal half is than its nasal one."""
    green, disc = np.log1p(phantom.image[..., 1].astype(float)), phantom.masks["disc"]
    right = np.arange(disc.shape[1]) > np.nonzero(disc)[1].mean()
    nasal = right if phantom.attributes["laterality"] == "R" else ~right
    bare = disc & ~phantom.masks["vessel"]
    return green[bare & ~nasal].mean() - green[bare & nasal].mean()


def test_in_wide_eyes_a_pale_temporal_half_needs_no_cup(plain_and_wide):
    plain, wide = (
        np.mean([temporal_pallor(eye) for eye in eyes if eye.label == 0]) for eyes in plain_and_wide
    )
    assert 0 < 1.4 * plain < wide


def test_some_wide_eyes_are_blurred_or_hazy(plain_and_wide):
    fine = [
        [np.abs(np.diff(eye.image[..., 1].astype(float), n=2))[:, 8:-8].mean() for eye in eyes]
        for eyes in plain_and_wide
    ]
    dullest, plain = np.percentile(fine[1], 15), np.percentile(fine[0], 15)
    assert dullest < 0.8 * plain
    assert np.median(fine[1]) > 0.6 * np.median(fine[0])  # but not most of them


def test_atrophy_goes_round_the_disc_in_wide_eyes_only():
    for wide, reach in ((False, 70), (True, 160)):
        eyes = [draw_eye(5, i, FundusParameters(wide=wide)) for i in range(300)]
        spreads = [eye.signs.atrophy.spread for eye in eyes if eye.signs.atrophy]
        assert 0.9 * reach < max(spreads) <= reach


def test_a_wedge_and_a_lesion_have_masks_that_show(eyes):
    parameters = FundusParameters(view="crop", size=128)
    chosen = [i for i, eye in enumerate(eyes) if eye.signs.wedges][:6]
    darker = []
    for i in chosen:
        phantom = fundus_phantom(5, i, parameters)
        wedge, masks = phantom.masks["wedge"], phantom.masks
        assert not (wedge & masks["disc"]).mean() > 0.001
        green, bare = phantom.image[..., 1].astype(float), ~masks["vessel"] & ~masks["disc"]
        darker.append(green[wedge & bare].mean() < green[bare & masks["field"]].mean() + 3)
        assert phantom.attributes["wedges"] == 1
    assert np.mean(darker) > 0.6
    bleeding = next(i for i, eye in enumerate(eyes) if eye.signs.haemorrhage is not None)
    assert fundus_phantom(5, bleeding, parameters).masks["lesion"].any()


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


@pytest.mark.parametrize(("view", "n"), [("crop", 300), ("close", 300), ("mixed", 200)])
def test_colour_statistics_do_not_tell_the_class(view, n):
    data = PhantomFundus(n, 7, FundusParameters(size=64, view=view))
    pixels = np.stack([data.image(i) for i in range(len(data))]).reshape(len(data), -1, 3)
    features = np.concatenate([pixels.mean(axis=1), pixels.std(axis=1)], axis=1)
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    score = cross_val_predict(
        model, features, data.labels, groups=data.groups, cv=GroupKFold(5), method="predict_proba"
    )[:, 1]
    assert roc_auc_score(data.labels, score) <= 0.65


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
    "wrong",
    [
        {"size": 5},
        {"view": "side"},
        {"severity": 3},
        {"prevalence": -1},
        {"size": 1.5},
        {"agreement": 2},
    ],
)
def test_wrong_parameters(wrong):
    with pytest.raises(InputError, match="expected"):
        FundusParameters(**wrong)


def test_wrong_seed_or_number():
    with pytest.raises(InputError, match="from 0 on"):
        fundus_phantom(-1, 0)
    with pytest.raises(InputError, match="from 1 on"):
        PhantomFundus(0)


def measured(name, phantom):
    """A number that grows where an eye bears the shortcut."""
    pixels, field = phantom.image.astype(float), phantom.masks["field"]
    red, green, blue = pixels[field].mean(axis=0)
    if name == "corner_marker":
        return phantom.masks["shortcut"].mean()
    if name == "camera_hue":
        return red - green
    if name == "vignette_radius":
        middle = pixels[40:56, 40:56].mean()
        return middle - np.mean([pixels[y, x].mean() for y in (10, -11) for x in (10, -11)])
    if name == "field_size":
        return phantom.masks["shortcut"].mean()
    if name == "laterality":
        return phantom.attributes["laterality"] == "R"
    if name == "brightness":
        return red + green + blue
    blocks = np.abs(np.diff(pixels[..., 2], axis=1))  # quality: edges between blocks of 8 px
    return blocks[:, 7::8].mean() / blocks.mean()


@pytest.mark.parametrize("name", SHORTCUTS)
def test_a_planted_shortcut_shows_and_goes_with_the_label(name):
    view = "disc" if name == "field_size" else "crop"
    planted = FundusParameters(size=96, view=view, shortcut=name, agreement=0.8)
    found = [fundus_phantom(6, i, planted) for i in range(40)]
    bears = np.array([phantom.attributes["shortcut"] for phantom in found])
    labels = np.array([phantom.label for phantom in found])
    assert 0.6 < (bears == (labels == 1)).mean() < 0.97
    assert roc_auc_score(bears, [measured(name, phantom) for phantom in found]) > 0.75


@pytest.mark.parametrize("agreement", [0.0, 0.5, 1.0])
def test_each_split_can_have_its_own_agreement(agreement):
    planted = FundusParameters(shortcut="brightness", agreement=agreement)
    eyes = [draw_eye(8, i, planted) for i in range(400)]
    agree = np.mean([eye.bears_shortcut == (eye.label == 1) for eye in eyes])
    assert abs(agree - agreement) < 0.08


def test_a_shortcut_leaves_the_eye_as_it_was():
    plain, planted = SMALL, FundusParameters(size=96, shortcut="corner_marker", agreement=1.0)
    index = next(i for i in range(9) if draw_eye(3, i, plain).label == 1)
    without, with_it = fundus_phantom(3, index, plain), fundus_phantom(3, index, planted)
    assert "shortcut" not in without.attributes
    changed = np.abs(without.image.astype(int) - with_it.image).max(axis=2) > 40
    assert with_it.masks["shortcut"].any()
    assert (changed & ~with_it.masks["shortcut"]).mean() < 0.02
    for name in STRUCTURES:
        np.testing.assert_array_equal(without.masks[name], with_it.masks[name])


def test_an_unknown_shortcut_is_refused():
    with pytest.raises(UnknownName, match="did you mean 'brightness'"):
        FundusParameters(shortcut="brightnes")
