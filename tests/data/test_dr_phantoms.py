"""Retinopathy phantoms: the grade is what the scale says, the masks are where the lesions are."""

import json
import pickle
import subprocess
import sys
import zlib
from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import glaucam
from glaucam.cli import main
from glaucam.data import (
    ClassFolder,
    DrParameters,
    FundusParameters,
    PhantomDr,
    PhantomDrReferable,
    check_folder,
    dr_phantom,
    export_phantoms,
)
from glaucam.data.leaks import refuse_leaks
from glaucam.data.phantoms import draw_dr_eye, draw_eye
from glaucam.data.phantoms.dr import grades_of
from glaucam.data.phantoms.dr_findings import draw_findings
from glaucam.data.phantoms.dr_ground import quadrant_of
from glaucam.data.phantoms.dr_parameters import FINDINGS, GRADES
from glaucam.data.phantoms.eye import PICTURES, stream
from glaucam.data.phantoms.parameters import STRUCTURES
from glaucam.data.phantoms.vessels import grow_vessels
from glaucam.errors import InputError

SMALL = DrParameters(size=96)
RED, PALE = ("microaneurysm", "haemorrhage"), ("hard_exudate", "soft_exudate")


def findings_of(seed, index, parameters=SMALL):
    """(eye, grade, findings) without a picture."""
    eye = draw_dr_eye(seed, index, parameters)
    grade = grades_of(seed, index, parameters)[eye.visit]
    rng = stream(seed, eye.number, PICTURES)
    vessels = grow_vessels(rng, eye.disc, eye.fovea, *eye.canvas.reach())
    return eye, grade, draw_findings(seed, eye, grade, vessels)


@pytest.fixture(scope="module")
def found():
    return [findings_of(5, i) for i in range(120)]


@pytest.fixture(scope="module")
def phantoms():
    return [dr_phantom(2, i, DrParameters(size=320)) for i in range(40)]


def same(one, other):
    np.testing.assert_array_equal(one.image, other.image)
    assert one.masks.keys() == other.masks.keys()
    for name in one.masks:
        np.testing.assert_array_equal(one.masks[name], other.masks[name])
    assert (one.label, one.attributes) == (other.label, other.attributes)


@pytest.mark.parametrize("visits", [1, 2])
def test_order_does_not_matter(visits):
    parameters = replace(SMALL, visits=visits)
    forward = [dr_phantom(3, i, parameters) for i in range(6)]
    backward = [dr_phantom(3, i, parameters) for i in reversed(range(6))][::-1]
    for one, other in zip(forward, backward, strict=True):
        same(one, other)


def test_another_process_and_a_pickled_data_set_agree():
    program = (
        "import zlib; from glaucam.data import *; "
        "p = dr_phantom(3, 1, DrParameters(size=96, prevalence=1)); "
        "print(zlib.crc32(p.image.tobytes()), zlib.crc32(p.masks['lesion'].tobytes()))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, text=True
    )
    here = pickle.loads(pickle.dumps(PhantomDr(4, 3, replace(SMALL, prevalence=1))))[1]
    expected = [zlib.crc32(here.image.tobytes()), zlib.crc32(here.masks["lesion"].tobytes())]
    assert [int(word) for word in run.stdout.split()] == expected


def test_global_random_state_is_neither_read_nor_moved():
    np.random.seed(1)
    before = np.random.get_state()[1].copy()
    first = dr_phantom(0, 0, SMALL)
    assert (np.random.get_state()[1] == before).all()
    np.random.seed(2)
    same(first, dr_phantom(0, 0, SMALL))


def test_it_is_the_eye_of_the_fundus_phantoms():
    for i in range(8):
        eye, plain = draw_dr_eye(3, i), draw_eye(3, i, FundusParameters(prevalence=0))
        np.testing.assert_array_equal(eye.disc.outline, plain.disc.outline)
        np.testing.assert_array_equal(eye.disc.cup, plain.disc.cup)
        np.testing.assert_array_equal(eye.fovea, plain.fovea)
        np.testing.assert_array_equal(eye.pigment, plain.pigment)
        assert eye.laterality == plain.laterality


def criteria(eye, findings):
    """How many of the three criteria of 4-2-1 are met."""
    places = [spot.place for spot in findings.spots["haemorrhage"]]
    quadrants = quadrant_of(eye.views[0], np.array(places).reshape(-1, 2))
    many = np.bincount(quadrants, minlength=4).min() > 20
    counts = findings.counts()
    return int(many) + int(counts["beading"] >= 2) + int(counts["irma"] >= 1)


def test_the_grade_is_what_the_international_scale_says(found):
    assert {grade for _, grade, _ in found} == set(range(5))
    for eye, grade, findings in found:
        counts = findings.counts()
        has = {kind for kind, n in counts.items() if n}
        if grade == 0:
            assert not has
        elif grade == 1:
            assert has == {"microaneurysm"}
        elif grade == 2:
            assert "haemorrhage" in has
            assert has <= {*RED, *PALE}
            assert criteria(eye, findings) == 0
        elif grade == 3:
            assert criteria(eye, findings) >= 1
            assert "new_vessel" not in has
        else:
            assert "new_vessel" in has


def test_every_kind_and_every_criterion_happens(found):
    for kind in FINDINGS:
        assert any(findings.counts()[kind] for _, _, findings in found)
    severe = [(eye, findings) for eye, grade, findings in found if grade == 3]
    met = {criteria(eye, findings) for eye, findings in severe}
    assert met == {1, 2}


def test_sizes_are_those_of_the_literature(found):
    bounds = {
        "microaneurysm": (15, 125),
        "haemorrhage": (100, 500),
        "hard_exudate": (20, 200),
        "soft_exudate": (200, 700),
    }
    for kind, (low, high) in bounds.items():
        spots = [spot for _, _, findings in found for spot in findings.spots[kind]]
        if kind == "haemorrhage":  # those before the retina are larger
            spots = [spot for spot in spots if len(spot.outline) == 20]
        size = [1000 * 2 * np.hypot(*(s.outline - s.place).T).max() for s in spots]  # µm
        assert low - 1e-6 <= min(size) < np.median(size) < max(size) <= high + 1e-6


def test_lesions_lie_on_the_retina_that_is_seen(found):
    for eye, _, findings in found:
        places = np.array([s.place for spots in findings.spots.values() for s in spots])
        if len(places):
            assert eye.view.shows(places, 0.2).all()
            assert (np.hypot(*places.T) > 0.9 * eye.disc.outline.min()).all()


def test_masks_agree_with_counts(phantoms):
    assert {phantom.label for phantom in phantoms} == set(range(5))
    for phantom in phantoms:
        masks, told = phantom.masks, phantom.attributes
        assert phantom.image.shape == (320, 320, 3)
        assert set(STRUCTURES) <= set(masks)
        for kind in FINDINGS:
            assert (kind in masks) == (told[kind] > 0)
        kinds = [masks[kind] for kind in FINDINGS if kind in masks]
        assert ("lesion" in masks) == bool(kinds) == (phantom.label > 0)
        if kinds:
            np.testing.assert_array_equal(masks["lesion"], np.logical_or.reduce(kinds))
            assert not (masks["lesion"] & ~masks["field"]).any()
        assert told["grade"] == phantom.label
        assert told["referable"] == (phantom.label >= 2)
        assert told["class"] == GRADES[phantom.label]


def test_every_spot_is_in_its_mask_even_the_smallest():
    for i in range(12):
        eye, _, findings = findings_of(4, i, SMALL)
        masks = dr_phantom(4, i, SMALL).masks
        for kind, spots in findings.spots.items():
            for spot in spots:
                x, y = np.floor(eye.view.pixels(spot.place)).astype(int)
                assert masks[kind][y, x]


def test_picture_shows_what_the_masks_say(phantoms):
    """Blood is darker than the retina around it, exudates are brighter, in the green channel."""
    right = {kind: [] for kind in (*RED, *PALE, "new_vessel")}
    for phantom in phantoms:
        green, masks = phantom.image[..., 1].astype(float), phantom.masks
        free = masks["field"] & ~masks["vessel"] & ~masks.get("lesion", False) & ~masks["disc"]
        for kind, answers in right.items():
            if kind not in masks or masks[kind].sum() < 12:
                continue
            near = ndimage.binary_dilation(masks[kind], iterations=6) & free
            inside = masks[kind] & ~masks["vessel"] & ~masks["disc"]
            brighter = green[inside].mean() > green[near].mean()
            answers.append(brighter == (kind in PALE))
    for kind, answers in right.items():
        assert len(answers) >= 5, kind
        assert np.mean(answers) > 0.8, kind


def test_severity_is_how_plainly_lesions_show():
    def change(severity):
        parameters = DrParameters(size=192, severity=severity, prevalence=1)
        seen, bare = (dr_phantom(9, 4, replace(parameters, severity=s)) for s in (severity, 0))
        assert "lesion" not in bare.masks
        assert bare.label == seen.label
        return np.abs(seen.image.astype(float) - bare.image)[seen.masks["lesion"]].mean()

    faint, clinical, plain = change(0.4), change(1.0), change(2.0)
    assert faint < clinical < plain


def test_shares_of_grades():
    grades = PhantomDr(4000, 2).grades
    np.testing.assert_allclose(np.bincount(grades) / 4000, [0.3, 0.2, 0.2, 0.15, 0.15], atol=0.01)
    few = PhantomDrReferable(4000, 2, DrParameters(prevalence=0.1)).labels
    assert few.mean() == pytest.approx(0.1, abs=0.01)
    assert set(PhantomDr(20, 0).labels) == set(range(5))


def test_nothing_but_lesions_depends_on_the_grade():
    eyes = [draw_dr_eye(5, i) for i in range(2000)]
    labels = [eye.label for eye in eyes]
    for trait in (
        [eye.laterality == "R" for eye in eyes],
        [eye.disc.vcdr for eye in eyes],
        [eye.disc.diameter for eye in eyes],
        [eye.view.kind == "macula" for eye in eyes],
        [eye.view.scale for eye in eyes],
        [eye.pigment[1] - eye.pigment[0] for eye in eyes],
    ):
        assert abs(roc_auc_score(labels, trait) - 0.5) < 0.06


@pytest.mark.slow
def test_colour_statistics_do_not_tell_whether_to_refer():
    data = PhantomDrReferable(300, 7, DrParameters(size=64))
    pixels = np.stack([data.image(i) for i in range(len(data))]).reshape(len(data), -1, 3)
    features = np.concatenate([pixels.mean(axis=1), pixels.std(axis=1)], axis=1)
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    score = cross_val_predict(
        model, features, data.labels, groups=data.groups, cv=GroupKFold(5), method="predict_proba"
    )[:, 1]
    assert roc_auc_score(data.labels, score) <= 0.65


def test_other_findings_are_no_lesions_of_this_disease():
    """Drusen may be in any eye, at the same rate; blots and exudates that are no retinopathy in
    none."""
    data = PhantomDr(120, 6, DrParameters(size=128))
    decoys = np.array(["distractor" in data.masks(i) for i in range(len(data))])
    assert 0.04 < decoys.mean() < 0.3
    for i in np.flatnonzero(data.grades == 0):
        assert "lesion" not in data.masks(int(i))


def test_data_sets_are_registered_and_share_their_pictures():
    graded = glaucam.DATASETS["phantom_dr"](12, seed=1, parameters=SMALL)
    referred = glaucam.DATASETS["phantom_dr_referable"](12, seed=1, parameters=SMALL)
    assert graded.classes == GRADES == glaucam.DATASETS["aptos2019"].classes
    assert (graded.task, referred.task) == ("dr", "dr_referable")
    assert referred.classes == ("not_referable", "referable")
    for i in range(12):
        assert graded[i].label == graded.label(i) == graded.grades[i]
        assert referred[i].label == referred.label(i) == (graded.grades[i] >= 2)
        assert referred[i].attributes["class"] == referred.classes[referred.label(i)]
        assert referred[i].attributes["grade"] == graded[i].attributes["grade"]
        np.testing.assert_array_equal(graded.image(i), referred.image(i))
        assert graded[i].attributes["patient"] == graded.groups[i] == f"p{i // 2:05d}"
        assert graded.eye(i).laterality == graded[i].attributes["laterality"]
    assert len(set(graded.image_names)) == 12
    with pytest.raises(IndexError):
        graded[12]


def test_at_a_second_visit_retinopathy_is_the_same_or_one_grade_on():
    parameters = replace(SMALL, visits=2)
    steps = []
    for i in range(400):
        first, later = grades_of(4, i, parameters)
        steps.append(later - first)
        assert first < 4 or later == 4
    assert set(steps) == {0, 1}
    for i in (0, 1, 4, 5, 8, 9, 12, 13, 16, 17):
        (_, before, had), (_, after, has) = (findings_of(4, i + k, parameters) for k in (0, 2))
        assert 0 <= after - before <= 1
        for kind in (*RED, "soft_exudate"):
            kept = min(len(had.spots[kind]), len(has.spots[kind]))
            for old, new in zip(had.spots[kind][:kept], has.spots[kind][:kept], strict=True):
                np.testing.assert_array_equal(old.outline, new.outline)
        assert len(has.spots["microaneurysm"]) >= len(had.spots["microaneurysm"])


def test_all_pictures_of_a_patient_stay_together():
    data = PhantomDr(400, 3, replace(SMALL, visits=2))
    names, pictures = np.unique(data.groups, return_counts=True)
    assert (len(names), set(pictures)) == (100, {4})
    refuse_leaks(data.image_names, data.groups, data.splits, "phantoms")
    assert all(len(set(data.splits[data.groups == name])) == 1 for name in names)
    seen = [data[i].attributes for i in range(4)]
    assert [(a["patient"], a["laterality"], a["visit"]) for a in seen] == [
        ("p00000", "R", 1), ("p00000", "L", 1), ("p00000", "R", 2), ("p00000", "L", 2)
    ]  # fmt: skip
    assert [a["grade"] for a in seen] == data.grades[:4].tolist()


def test_a_shortcut_goes_with_referable():
    planted = DrParameters(shortcut="brightness", agreement=0.9)
    eyes = [draw_dr_eye(8, i, planted) for i in range(400)]
    agree = np.mean([eye.bears_shortcut == (eye.label == 1) for eye in eyes])
    assert abs(agree - 0.9) < 0.06
    marked = dr_phantom(8, 0, replace(SMALL, shortcut="corner_marker", agreement=1.0))
    assert marked.attributes["shortcut"] == marked.attributes["referable"]
    assert "shortcut" in marked.masks


@pytest.mark.parametrize("name", ["phantom_dr", "phantom_dr_referable"])
def test_export_is_a_class_folder_with_the_same_eyes(tmp_path, name):
    root = export_phantoms(tmp_path / "out", 20, 3, SMALL, name=name)
    assert check_folder(root).ok
    made, read = glaucam.DATASETS[name](20, 3, SMALL), ClassFolder(root)
    assert (read.classes, read.task) == (made.classes, made.task)
    index = {stem: i for i, stem in enumerate(made.image_names)}
    for i, item in enumerate(read.items):
        phantom = made[index[item.path.stem]]
        np.testing.assert_array_equal(read.image(i), phantom.image)
        assert (read.label(i), item.patient) == (phantom.label, phantom.attributes["patient"])
        masks = read.masks(i)
        assert set(masks) == set(phantom.masks) - {"irma", "beading", "wedge", "distractor"}
        for structure, mask in masks.items():
            np.testing.assert_array_equal(mask, phantom.masks[structure])


def test_commands_make_train_evaluate_and_score(tmp_path, capsys):
    def says(*args):
        assert main([*map(str, args), "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    eyes, run = tmp_path / "eyes", tmp_path / "run"
    says("data", "make", "--data", "phantom_dr", "--n", 40, "--size", 64, "--out", eyes)
    header = says("train", "--data", eyes, "--epochs", 1, "--size", 32, "--out", run)
    assert header["classes"] == list(GRADES)
    model = run / "model.safetensors"
    assert says("evaluate", "--model", model, "--data", eyes, "--split", "all")["n"] == 40
    rows = says(
        "score", "--model", model, "--data", eyes, "--method", "gradcam", "--n", 12,
        "--metric", "energy_share", "lift", "--structure", "lesion", "haemorrhage",
    )  # fmt: skip
    rows = rows["rows"] if isinstance(rows, dict) else rows
    assert {row["structure"] for row in rows} == {"lesion", "haemorrhage"}
    assert {row["metric"] for row in rows} == {"energy_share", "lift"}
    assert main(["data", "make", "--data", "phantom_dr", "--view", "crop", "--out", "x"]) == 2
    assert "expected one of macula, disc or mixed" in capsys.readouterr().err


@pytest.mark.parametrize(
    "wrong", [{"size": 5}, {"view": "crop"}, {"severity": 3}, {"prevalence": 2}, {"visits": 3}]
)
def test_wrong_parameters(wrong):
    with pytest.raises(InputError, match="expected"):
        DrParameters(**wrong)


def test_wrong_seed_number_or_option():
    with pytest.raises(InputError, match="from 0 on"):
        dr_phantom(-1, 0)
    with pytest.raises(InputError, match="from 1 on"):
        PhantomDr(0)
    with pytest.raises(InputError, match=r"no layers.*size, view"):
        PhantomDr.parameters_of({"layers": 3})
