"""OCT volumes: slices alike as in one eye, lesions cut where they lie, labels by what is shown."""

import pickle
import subprocess
import sys
import zlib
from itertools import pairwise

import numpy as np
import pytest
from scipy.ndimage import binary_erosion, uniform_filter

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
    oct_phantom,
    oct_volume,
)
from glaucam.data.phantoms.oct_parameters import LAYERS, OUTSIDE
from glaucam.data.phantoms.oct_raster import draw_maculae
from glaucam.data.phantoms.oct_retina import FRAME, Macula, draw_build, normal_thickness
from glaucam.data.phantoms.oct_tissue import Cyst, Dome, healthy
from glaucam.data.phantoms.oct_volume import draw_volume
from glaucam.data.phantoms.oct_volume_media import Vessel
from glaucam.errors import InputError

SMALL = OctVolumeParameters(size=64, slices=5)
CLASSES = ("NORMAL", "CNV", "DME", "DRUSEN")


@pytest.fixture(scope="module")
def eyes():
    return [draw_volume(4, i, OctVolumeParameters(size=128)) for i in range(24)]


@pytest.fixture(scope="module")
def volumes():
    return [oct_volume(4, i, OctVolumeParameters(size=128)) for i in range(8)]


def checksums(scan):
    return [zlib.crc32(scan.image.tobytes()), zlib.crc32(scan.layers.tobytes())]


def test_single_scans_are_those_that_the_models_were_trained_on():
    """Class, pixels of lesion, retina and choroid, mean grey, as before there were volumes."""
    before = [
        ("DME", 30, 671, 663, 45.67),
        ("DRUSEN", 18, 691, 260, 22.22),
        ("CNV", 95, 628, 345, 48.84),
        ("NORMAL", 0, 534, 512, 21.96),
        ("DME", 32, 691, 660, 65.47),
        ("DRUSEN", 62, 680, 263, 50.17),
        ("CNV", 70, 607, 350, 52.66),
        ("NORMAL", 0, 546, 512, 53.18),
    ]
    for i, (name, *pixels, grey) in enumerate(before):
        scan = oct_phantom(23, i, OctParameters(size=64))
        found = [scan.masks[mask].sum() for mask in ("lesion", "retina", "choroid")]
        assert scan.attributes["class"] == name
        np.testing.assert_allclose(found, pixels, atol=2)
        assert scan.image.mean() == pytest.approx(grey, abs=0.3)  # JPEG libraries differ


def test_a_b_scan_is_the_same_whichever_others_are_made():
    volume, data = oct_volume(3, 1, SMALL), PhantomOctVolume(10, 3, SMALL)
    for k in (4, 0, 2):
        scan = data[5 + k]
        np.testing.assert_array_equal(scan.image, volume.images[k])
        np.testing.assert_array_equal(scan.layers, volume.layers[k])
        np.testing.assert_array_equal(data.layers(5 + k), volume.layers[k])
        assert scan.label == data.label(5 + k) == volume.labels[k]
        for name, mask in scan.masks.items():
            np.testing.assert_array_equal(mask, volume.masks[name][k])


def test_another_process_and_a_pickled_data_set_agree():
    program = (
        "import zlib; from glaucam.data import *; "
        "v = oct_volume(3, 1, OctVolumeParameters(size=64, slices=5)); "
        "print(zlib.crc32(v.images[2].tobytes()), zlib.crc32(v.layers[2].tobytes()))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, text=True
    )
    here = pickle.loads(pickle.dumps(PhantomOctVolume(10, 3, SMALL)))[7]
    assert [int(word) for word in run.stdout.split()] == checksums(here)


def test_shapes_and_names(volumes):
    for volume in volumes:
        assert volume.images.shape == (19, 128, 128, 3)
        assert volume.images.dtype == volume.layers.dtype == np.uint8
        assert set(volume.masks) == {"lesion", "cyst", "retina", "fovea", "field", *LAYERS}
        for mask in volume.masks.values():
            assert (mask.dtype, mask.shape) == (bool, (19, 128, 128))
        assert (volume.layers[~volume.masks["field"]] == OUTSIDE).all()
        truth = volume.attributes
        assert truth["class"] == CLASSES[volume.label]
        np.testing.assert_allclose(np.diff(truth["y_mm"]), truth["spacing_mm"], atol=2e-3)
        assert 0.6 < 19 * truth["spacing_mm"] / truth["width_mm"] < 0.8


def test_layers_lie_within_the_frame(eyes):
    for eye in eyes:
        for tissue in eye.tissues:
            assert tissue.boundaries[0].min() >= 20 - 1e-9
            assert tissue.macula.bruch.max() < FRAME


def sectors(r):
    """Total thickness µm on a circle of ``r`` mm, right eye, seen in horizontal slices."""
    angles = np.radians([270, 0, 90, 180])  # superior, nasal, inferior, temporal; y downwards
    places = zip(r * np.cos(angles), r * np.sin(angles), strict=True)
    return [normal_thickness(np.array([x]), 0.5, "horizontal", 1, y).sum() for x, y in places]


def test_thickness_follows_the_table_in_all_directions():
    np.testing.assert_allclose(sectors(1.0), [339, 340, 335, 325], atol=10)
    np.testing.assert_allclose(sectors(2.25), [300, 317, 287, 284], atol=6)
    y, x = np.mgrid[-0.5:0.5:101j, -0.5:0.5:101j]
    columns = [normal_thickness(x[0], 0.5, "horizontal", 1, row).sum(axis=0) for row in y[:, 0]]
    assert abs(np.array(columns)[np.hypot(x, y) <= 0.5].mean() - 257) < 25


@pytest.mark.parametrize("meridian", ["horizontal", "vertical"])
def test_the_slice_through_the_fovea_is_the_single_scan(meridian):
    x = np.linspace(-3, 3, 240)
    slices = normal_thickness(x, 0.5, meridian, -1, np.array([[-1.0], [0.0], [1.0]]))
    np.testing.assert_array_equal(slices[:, 1], normal_thickness(x, 0.5, meridian, -1))
    assert np.abs(np.diff(slices.sum(axis=0), axis=1)).max() < 12  # no step between two sectors


def test_horizontal_and_vertical_slices_show_one_macula():
    """At x, y of a horizontal slice as at y, x of a vertical one, beyond the pit."""
    for x, y in ((1.5, 0.8), (-1.2, 1.4), (-2.0, -0.7)):
        one = normal_thickness(np.array([x]), 0.4, "horizontal", 1, y)
        other = normal_thickness(np.array([y]), 0.4, "vertical", 1, x)
        np.testing.assert_allclose(one, other, atol=0.5)


def test_the_pit_is_seen_in_the_middle_slices_alone():
    rng = np.random.default_rng(3)
    maculae = draw_maculae(rng, draw_build(rng), 128, 25)
    for macula in maculae:
        total = macula.thickness.sum(axis=0)
        deep = np.interp(0, macula.x, total) < 0.9 * np.interp([-1, 1], macula.x, total).mean()
        if abs(macula.y) < 0.2 or abs(macula.y) > 0.8:
            assert deep == (abs(macula.y) < 0.2)


def apart(one, other):
    """Mean difference µm of the layers' heights over Bruch's membrane."""
    heights = [tissue.boundaries[:10] - tissue.macula.bruch for tissue in (one, other)]
    return np.abs(heights[0] - heights[1]).mean()


def test_neighbours_are_much_more_alike_than_eyes(eyes):
    neighbours = [apart(*pair) for eye in eyes for pair in pairwise(eye.tissues)]
    strangers = [
        apart(*pair)
        for one, other in pairwise(eyes)
        for pair in zip(one.tissues, other.tissues, strict=True)
    ]
    assert np.mean(neighbours) < np.mean(strangers) / 3
    moved = [a.macula.bruch - b.macula.bruch for e in eyes for a, b in pairwise(e.tissues)]
    assert 3 < np.median([np.abs(m).mean() for m in moved]) < 40  # µm, by motion and the wall


def iou(one, other):
    either = (one | other).sum()
    return (one & other).sum() / either if either > 20 else np.nan


def test_lesions_overlap_in_neighbours_and_less_with_distance(volumes):
    lesions = [volume.masks["lesion"] for volume in volumes if volume.label]
    overlap = [
        np.nanmean([iou(m[k], m[k + gap]) for m in lesions for k in range(19 - gap)])
        for gap in (1, 2, 4, 8)
    ]
    assert (np.diff(overlap) < 0).all()
    assert overlap[0] > 0.2
    assert overlap[0] > 3 * overlap[3]


def test_speckle_is_each_slice_s_own(volumes):
    """What is left in the vitreous of local means does not correlate."""
    alike = []
    for volume in volumes:
        grey = volume.images[..., 0].astype(float)
        noise = [slice_ - uniform_filter(slice_, 5) for slice_ in grey]
        for k in range(18):
            both = volume.masks["vitreous"][k] & volume.masks["vitreous"][k + 1]
            clear = binary_erosion(both, iterations=5)
            if clear.sum() > 1000:
                alike.append(np.corrcoef(noise[k][clear], noise[k + 1][clear])[0, 1])
    assert len(alike) > 50
    assert abs(np.mean(alike)) < 0.05


def test_a_dome_is_as_wide_in_a_slice_as_its_foot_is_there():
    """Of radius r, a slice d beside the centre shows √(r² − d²) to each side."""
    x = np.linspace(-1, 1, 4001)
    dome = Dome(0.1, 0.3, 80.0, 0.7, y=-0.2)
    for beside in (0.0, 0.1, 0.29):
        seen = x[dome.over(x, -0.2 + beside) > 0]
        assert seen.mean() == pytest.approx(0.1, abs=1e-3)
        assert np.ptp(seen) / 2 == pytest.approx((0.3**2 - beside**2) ** 0.5, abs=1e-3)
    assert dome.over(x, -0.2).max() == pytest.approx(80)
    assert not dome.over(x, 0.11).any()


def test_a_cyst_is_cut_as_an_ellipsoid():
    cyst = Cyst(0.5, 6.3, width=0.2, height=60.0, y=1.0)
    assert cyst.cut(1.0) == cyst
    aside = cyst.cut(1.12)
    assert (aside.width, aside.height) == (pytest.approx(0.16), pytest.approx(48))
    assert cyst.cut(1.2) is cyst.cut(0.7) is None
    assert cyst.cut(1.199) is None  # too low to see


def test_lesions_of_a_slice_are_those_that_reach_it(eyes):
    for eye in eyes:
        places = np.array([cyst.y for tissue in eye.tissues for cyst in tissue.cysts])
        assert all(cyst.y == t.macula.y for t in eye.tissues for cyst in t.cysts)
        assert (len(places) > 0) <= (CLASSES[eye.label] in ("DME", "CNV"))


def test_labels_say_what_a_b_scan_shows(volumes, eyes):
    for volume in volumes:
        assert set(volume.labels) <= {0, volume.label}
        assert volume.label == 0 or (volume.labels == volume.label).any()
        assert not volume.masks["lesion"][volume.labels == 0].any()
    for eye in eyes:
        for tissue, label in zip(eye.tissues, eye.labels, strict=True):
            health = healthy(tissue.macula)
            if label == 0:
                assert np.abs(tissue.boundaries - health.boundaries).max() <= 30 + 8
                assert not tissue.cysts
    shares = [np.mean(e.labels > 0) for e in eyes if e.label]
    assert 0.4 < np.mean(shares) < 0.9  # in a diseased eye some slices are healthy


def test_without_severity_all_slices_are_healthy():
    volume = oct_volume(4, 1, OctVolumeParameters(size=64, severity=0, slices=5))
    assert not volume.labels.any()
    assert not volume.masks["lesion"].any()


def test_a_vessel_s_shadow_wanders_from_slice_to_slice():
    x, nothing = np.linspace(-3, 3, 121), np.zeros(121)
    vessel = Vessel(x=1.0, slope=0.5, bend=0.0, half=0.05, strength=0.8)
    for y in (-1.0, 0.0, 1.5):
        macula = Macula(x, nothing, nothing, 300.0, 1, "horizontal", y)
        column, half, strength = vessel.seen_in(macula)
        assert column == pytest.approx((1 + 0.5 * y + 3) / 0.05)
        assert half == pytest.approx(0.05 * 1.25**0.5 / 0.05)
        assert strength == pytest.approx(0.8)
    fovea = Vessel(0.1, 0.0, 0.0, 0.05, 0.8).seen_in(
        Macula(x, nothing, nothing, 300.0, 1, "horizontal", 0.1)
    )
    assert fovea[2] == 0  # no vessels where the fovea has none


def test_vessels_leave_shadows_in_neighbours(volumes):
    """Columns under the retina are dark where the neighbour's are."""
    alike = {1: [], 9: []}
    for volume in volumes:
        grey = volume.images[..., 0].astype(float)
        inside = volume.masks["photoreceptors"]
        light = (grey * inside).sum(axis=1) / np.maximum(inside.sum(axis=1), 1)
        light -= uniform_filter(light, (0, 21))
        for gap, found in alike.items():
            found += [np.corrcoef(light[k], light[k + gap])[0, 1] for k in range(19 - gap)]
    assert np.mean(alike[1]) > np.mean(alike[9]) + 0.05


def test_patients_are_never_split():
    data = PhantomOctVolume(19 * 24, 5)
    for group in set(data.groups):
        assert len(set(data.splits[data.groups == group])) == 1
    assert len(set(data.groups)) == 12
    assert set(data.splits) == {"train", "val", "test"}
    single = PhantomOct(24, 5)
    assert (data.groups[::19] == single.groups).all()  # the same people, in other scans
    assert [data[19 * v].attributes["volume_class"] for v in range(4)] == [
        CLASSES[label] for label in single.labels[:4]
    ]


def test_data_set_is_registered_and_ends_where_asked():
    data = glaucam.DATASETS["phantom_oct_volume"](12, seed=1, parameters=SMALL)
    assert (len(data), data.classes, data.task) == (12, CLASSES, "oct")
    assert len(set(data.image_names)) == 12
    assert [data[i].attributes["slice"] for i in (0, 4, 5, 11)] == [0, 4, 0, 1]
    assert [data[i].attributes["volume"] for i in (4, 5)] == ["v00000", "v00001"]
    for i in range(12):
        assert data[i].attributes["patient"] == data.groups[i]
        assert data[i].attributes["class"] == CLASSES[data.label(i)]
    with pytest.raises(IndexError):
        data[12]


def test_export_is_a_class_folder_without_leaks(tmp_path):
    root = export_phantoms(tmp_path / "out", 40, 3, SMALL, name="phantom_oct_volume")
    assert check_folder(root).ok
    made, read = PhantomOctVolume(40, 3, SMALL), ClassFolder(root)
    assert (read.classes, len(read)) == (CLASSES, 40)
    index = {name: i for i, name in enumerate(made.image_names)}
    for i, item in enumerate(read.items):
        scan = made[index[item.path.stem]]
        np.testing.assert_array_equal(read.image(i), scan.image)
        assert (read.label(i), item.patient) == (scan.label, scan.attributes["patient"])
        assert set(read.masks(i)) == {"lesion", "fovea", "field"}
    for patient in set(read.groups):
        assert len(set(read.splits[read.groups == patient])) == 1
    header = (root / "table.csv").read_text(encoding="utf-8").splitlines()[0]
    assert header.endswith("volume,volume_class,slice,y_mm,spacing_mm")


def test_command_takes_slices_for_volumes_alone(tmp_path, capsys):
    make = ["data", "make", "--n", "12", "--size", "64", "--slices", "3", "--out"]
    assert main([*make, str(tmp_path / "volumes"), "--data", "phantom_oct_volume"]) == 0
    assert main(["data", "check", str(tmp_path / "volumes")]) == 0
    assert main([*make, str(tmp_path / "scans"), "--data", "phantom_oct"]) == 2
    assert "phantom_oct has no slices" in capsys.readouterr().err


@pytest.mark.parametrize("wrong", [{"slices": 2}, {"slices": 200}, {"slices": 5.5}, {"size": 5}])
def test_wrong_parameters(wrong):
    with pytest.raises(InputError, match="expected"):
        OctVolumeParameters(**wrong)


def test_wrong_seed_or_number():
    with pytest.raises(InputError, match="from 0 on"):
        oct_volume(0, -1)
    with pytest.raises(InputError, match="from 1 on"):
        PhantomOctVolume(0)
