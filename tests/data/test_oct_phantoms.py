"""OCT phantoms: deterministic, true to the table of layers, and no grey that tells the class."""

import json
import pickle
import subprocess
import sys
import zlib
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import skew
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import glaucam
from glaucam.cli import main
from glaucam.data import (
    ClassFolder,
    OctParameters,
    OctVolumeParameters,
    PhantomOct,
    PhantomOctVolume,
    check_folder,
    export_phantoms,
)
from glaucam.data import oct_phantom as phantom_of
from glaucam.data.phantoms.oct_lesions import diseased
from glaucam.data.phantoms.oct_parameters import LAYER, LAYERS, OUTSIDE
from glaucam.data.phantoms.oct_retina import ROW, draw_build, draw_macula, normal_thickness
from glaucam.data.phantoms.oct_scanner import as_in_health
from glaucam.data.phantoms.oct_tissue import healthy, lifted
from glaucam.errors import InputError

SMALL = OctParameters(size=96)
CLASSES = ("NORMAL", "CNV", "DME", "DRUSEN")


@pytest.fixture(scope="module")
def scans():
    return [phantom_of(2, i, OctParameters(size=128)) for i in range(48)]


@pytest.fixture(scope="module")
def maculae():
    generators = [np.random.default_rng(i) for i in range(120)]
    return [draw_macula(rng, draw_build(rng), 256) for rng in generators]


def same(one, other):
    np.testing.assert_array_equal(one.image, other.image)
    np.testing.assert_array_equal(one.layers, other.layers)
    for name in one.masks:
        np.testing.assert_array_equal(one.masks[name], other.masks[name])
    assert (one.label, one.attributes) == (other.label, other.attributes)


def test_order_does_not_matter():
    forward = [phantom_of(3, i, SMALL) for i in range(4)]
    backward = [phantom_of(3, i, SMALL) for i in reversed(range(4))][::-1]
    for one, other in zip(forward, backward, strict=True):
        same(one, other)


def test_another_process_and_a_pickled_data_set_agree():
    program = (
        "import zlib; from glaucam.data import *; "
        "p = oct_phantom(3, 1, OctParameters(size=96)); "
        "print(zlib.crc32(p.image.tobytes()), zlib.crc32(p.layers.tobytes()))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, text=True
    )
    here = pickle.loads(pickle.dumps(PhantomOct(4, 3, SMALL)))[1]
    expected = [zlib.crc32(here.image.tobytes()), zlib.crc32(here.layers.tobytes())]
    assert [int(word) for word in run.stdout.split()] == expected


def test_global_random_state_is_neither_read_nor_moved():
    np.random.seed(1)
    before = np.random.get_state()[1].copy()
    first = phantom_of(0, 0, SMALL)
    assert (np.random.get_state()[1] == before).all()
    np.random.seed(2)
    same(first, phantom_of(0, 0, SMALL))


def test_seeds_and_indices_differ():
    images = [phantom_of(s, i, SMALL).image for s, i in ((0, 0), (0, 1), (0, 4), (1, 0), (2, 0))]
    for i, one in enumerate(images):
        for other in images[:i]:
            assert np.abs(one.astype(int) - other).mean() > 3


def test_shapes_and_names(scans):
    for scan in scans:
        assert scan.image.shape == (128, 128, 3)
        assert scan.image.dtype == np.uint8
        assert (scan.image == scan.image[..., :1]).all()
        assert set(scan.masks) == {"lesion", "cyst", "retina", "fovea", "field", *LAYERS}
        assert all(m.dtype == bool and m.shape == (128, 128) for m in scan.masks.values())


def test_layers_are_a_partition_from_the_top_down(scans):
    for scan in scans:
        field = scan.masks["field"]
        assert (scan.layers[~field] == OUTSIDE).all()
        np.testing.assert_array_equal(sum(scan.masks[name].astype(int) for name in LAYERS), field)
        for column in range(0, 128, 9):
            seen = scan.layers[:, column][field[:, column]].astype(int)
            assert (np.diff(seen) >= 0).all()


def test_lesions_are_where_their_class_has_them(scans):
    for scan in scans:
        masks, name = scan.masks, CLASSES[scan.label]
        lesion = masks["lesion"]
        assert scan.attributes["class"] == name
        assert not (lesion & ~masks["retina"]).any()
        assert not (masks["cyst"] & ~lesion).any()
        assert lesion.any() == (name != "NORMAL")
        assert masks["sub_rpe"].any() == (name in ("CNV", "DRUSEN"))
        if name == "DRUSEN":
            assert not masks["subretinal"].any()
        if name == "DME":
            assert masks["cyst"].any()
        inner = scan.layers[masks["cyst"]]
        assert inner.size == 0 or (LAYER["inl"] <= inner.min() <= inner.max() <= LAYER["onl"])


def test_picture_shows_what_the_masks_say(scans):
    """Cysts are darker than the nuclear layers around them, bright bands brighter."""
    darker, brighter, dark_vitreous = [], [], []
    for scan in scans:
        grey, masks = scan.image[..., 0].astype(float), scan.masks
        around = (masks["inl"] | masks["onl"]) & ~masks["cyst"]
        if masks["cyst"].sum() > 30:
            darker.append(grey[masks["cyst"]].mean() < grey[around].mean())
        brighter.append(grey[masks["rpe"]].mean() > grey[masks["onl"]].mean())
        dark_vitreous.append(grey[masks["vitreous"]].mean() < grey[masks["retina"]].mean())
    assert len(darker) > 5
    assert min(np.mean(brighter), np.mean(darker)) > 0.9
    assert all(dark_vitreous)


@pytest.mark.parametrize("pit", [0.4, 0.5, 0.62])
def test_thickness_follows_the_table(pit):
    """Horizontal scan of a right eye: nasal at +1 mm 335, temporal 325, central subfield 257."""
    x = np.linspace(-3, 3, 2001)
    thickness = normal_thickness(x, pit, "horizontal", 1)
    total = thickness.sum(axis=0)
    nasal, temporal = np.interp([1.0, -1.0], x, total)
    assert abs(nasal - 340) < 10
    assert abs(temporal - 325) < 10
    assert abs(np.interp(2.25, x, total) - 317) < 6
    disc = np.abs(x) <= 0.5  # the mean over a disc weights a radius by its circumference
    centre = (thickness[:, disc] * np.abs(x[disc])).sum(axis=1) / np.abs(x[disc]).sum()
    assert abs(centre.sum() - 257) < 25
    assert abs(centre[ROW["onl"]] - 88.4) < 3
    assert abs(centre[ROW["rpe"]] - 17.5) < 1
    assert (thickness >= 0).all()


def test_a_left_eye_is_the_mirror_of_a_right_one():
    x = np.linspace(-3, 3, 101)
    right, left = (normal_thickness(x, 0.5, "horizontal", side) for side in (1, -1))
    np.testing.assert_allclose(right[:, ::-1], left, atol=1e-9)


def test_people_differ_as_their_sources_say(maculae):
    choroid = [macula.choroid for macula in maculae]
    assert abs(np.mean(choroid) - 293) < 25
    total = [macula.thickness.sum(axis=0).max() for macula in maculae]
    assert 0.05 < np.std(total) / np.mean(total) < 0.15
    for macula in maculae:
        assert macula.inner_limit.min() > 60
        assert macula.bruch.max() < 1920


def test_swelling_and_domes_are_as_large_as_reported(maculae):
    central = {name: [] for name in ("NORMAL", "DME")}
    domes = []
    for i, macula in enumerate(maculae):
        middle = np.abs(macula.x) < 0.5
        for name in central:
            tissue = diseased(np.random.default_rng(i), name, macula, 1.0)
            thickness = tissue.boundaries[LAYER["choroid"] - 1] - tissue.boundaries[0]
            central[name].append(thickness[middle].mean())
        domes.append(diseased(np.random.default_rng(i), "DRUSEN", macula, 1.0).sub_rpe.max())
    assert abs(np.mean(central["NORMAL"]) - 265) < 25
    assert np.mean(central["DME"]) > np.mean(central["NORMAL"]) + 40
    assert 24 <= min(domes) <= max(domes) <= 125


@pytest.mark.parametrize("name", CLASSES[1:])
def test_severity_scales_the_disease_down_to_health(maculae, name):
    macula = maculae[0]
    none, mild, full = (diseased(np.random.default_rng(1), name, macula, s) for s in (0, 0.5, 1.5))
    np.testing.assert_array_equal(none.boundaries, healthy(macula).boundaries)
    assert not none.cysts
    assert not none.damage.any()
    height = [(t.sub_rpe + t.subretinal + t.thickness.sum(axis=0)).sum() for t in (mild, full)]
    assert height[1] > height[0]


def test_lifted_layers_keep_the_sum(maculae):
    """Of a bump h layers above give up h − (1 − yielding) · h̄; the surface rises by the rest."""
    thickness = maculae[0].thickness + 40
    bump = 30 * np.exp(-(((np.arange(256) - 128) / 20) ** 2))
    new = lifted(thickness, bump, 1.0, 8)
    np.testing.assert_allclose(new.sum(axis=0) + bump, thickness.sum(axis=0), atol=1e-9)
    rigid = lifted(thickness, np.full(256, 30.0), 0.0, 8)
    np.testing.assert_allclose(rigid, thickness, atol=1e-9)


def test_healthy_tissue_has_no_spaces(maculae):
    boundaries = healthy(maculae[0]).boundaries
    assert (np.diff(boundaries, axis=0) >= -1e-9).all()
    np.testing.assert_allclose(boundaries[0], maculae[0].inner_limit)
    np.testing.assert_allclose(boundaries[LAYER["choroid"] - 1], maculae[0].bruch)


def test_tone_curve_gives_the_histogram_of_health_and_keeps_the_order():
    rng = np.random.default_rng(0)
    grey, other = rng.normal(0.5, 0.2, (128, 128)), rng.gamma(2, 0.1, (128, 32))
    toned = as_in_health(grey, other)
    np.testing.assert_allclose(
        np.quantile(toned, [0.1, 0.5, 0.9]), np.quantile(other, [0.1, 0.5, 0.9]), atol=0.01
    )
    order = np.argsort(grey.ravel())
    assert (np.diff(toned.ravel()[order]) >= 0).all()


def test_patients_and_classes():
    data = PhantomOct(80, 5)
    assert np.bincount(data.labels).tolist() == [20, 20, 20, 20]
    for start in range(0, 80, 4):
        assert set(data.labels[start : start + 4]) == {0, 1, 2, 3}
    for group in set(data.groups):
        mine = data.groups == group
        assert mine.sum() == 2
        assert len(set(data.labels[mine])) == 1
        assert len(set(data.splits[mine])) == 1
    assert len({tuple(data.labels[i : i + 4]) for i in range(0, 80, 8)}) > 3


def global_statistics(data):
    rows = []
    for i in range(len(data)):
        grey = data.image(i)[..., 0].ravel().astype(float)
        percentiles = np.percentile(grey, [1, 5, 10, 25, 50, 75, 90, 95, 99])
        rows.append([grey.mean(), grey.std(), skew(grey), *percentiles])
    return np.array(rows)


@pytest.mark.parametrize(
    ("kind", "n", "parameters"),
    [
        (PhantomOct, 400, OctParameters(size=128)),
        (PhantomOctVolume, 420, OctVolumeParameters(size=96, slices=6)),
    ],
)
def test_grey_statistics_do_not_tell_the_class(kind, n, parameters):
    data = kind(n, 7, parameters)
    features = global_statistics(data)
    for model in (
        make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000)),
        GradientBoostingClassifier(n_estimators=60, random_state=0),
    ):
        score = cross_val_predict(
            model, features, data.labels, groups=data.groups, cv=GroupKFold(5),
            method="predict_proba",
        )  # fmt: skip
        assert roc_auc_score(data.labels, score, multi_class="ovr") <= 0.65


def test_the_lesion_does_tell_the_class(scans):
    """What the statistics cannot see is there: where the masks say, diseases differ from health."""
    share = np.array([scan.attributes["lesion_share"] for scan in scans])
    label = np.array([scan.label for scan in scans])
    assert (share[label == 0] == 0).all()
    assert (share[label != 0] > 0).all()
    assert np.median(share[label != 0]) < 0.1  # and it is no large part of the picture


def test_width_does_not_depend_on_the_class(scans):
    label = np.array([scan.label for scan in scans])
    widths = [scan.attributes["width_mm"] for scan in scans]
    for c in range(4):
        assert 0.25 < roc_auc_score(label == c, widths) < 0.75


def test_data_set_is_registered_and_agrees_with_its_phantoms():
    data = glaucam.DATASETS["phantom_oct"](8, seed=1, parameters=SMALL)
    assert data.classes == CLASSES
    assert data.task == "oct"
    for i in range(len(data)):
        assert data[i].label == data.label(i)
        assert data[i].attributes["patient"] == data.groups[i]
        np.testing.assert_array_equal(data.layers(i), data[i].layers)
    assert len(set(data.image_names)) == 8
    with pytest.raises(IndexError):
        data[8]


def test_export_is_a_class_folder_with_the_same_scans(tmp_path):
    root = export_phantoms(tmp_path / "out", 8, 3, SMALL, name="phantom_oct")
    assert check_folder(root).ok
    made, read = PhantomOct(8, 3, SMALL), ClassFolder(root)
    assert read.classes == CLASSES
    index = {name: i for i, name in enumerate(made.image_names)}
    for i, item in enumerate(read.items):
        scan = made[index[item.path.stem]]
        np.testing.assert_array_equal(read.image(i), scan.image)
        assert (read.label(i), item.patient) == (scan.label, scan.attributes["patient"])
        assert set(read.masks(i)) == {"lesion", "fovea", "field"}
        for name, mask in read.masks(i).items():
            np.testing.assert_array_equal(mask, scan.masks[name])


def test_command_writes_scans_and_refuses_a_view(tmp_path, capsys):
    make = ["data", "make", "--data", "phantom_oct", "--n", "4", "--size", "64", "--out"]
    assert main([*make, str(tmp_path / "scans"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["data"] == "phantom_oct"
    assert main(["data", "check", str(tmp_path / "scans"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["counts"] == dict.fromkeys(sorted(CLASSES), 1)
    assert main([*make, str(tmp_path / "other"), "--view", "crop"]) == 2
    assert "phantom_oct has no view" in capsys.readouterr().err


@pytest.mark.parametrize("wrong", [{"size": 5}, {"severity": 3}, {"size": 1.5}])
def test_wrong_parameters(wrong):
    with pytest.raises(InputError, match="expected"):
        OctParameters(**wrong)
    with pytest.raises(InputError, match="expected"):
        replace(SMALL, **wrong)


def test_wrong_seed_number_or_option():
    with pytest.raises(InputError, match="from 0 on"):
        phantom_of(-1, 0)
    with pytest.raises(InputError, match="from 1 on"):
        PhantomOct(0)
    with pytest.raises(InputError, match=r"no view.*size, severity"):
        PhantomOct.parameters_of({"view": "crop"})
