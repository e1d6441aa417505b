"""OCT2017 as it is released: its folder, its file names, and folders that miss a part of it."""

import os
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from glaucam.data import ClassFolder, check_folder, open_data
from glaucam.data.layout import find_root, patient_in_name
from glaucam.errors import DataError

CLASSES = ("NORMAL", "CNV", "DME", "DRUSEN")


def put(path):
    """A grey picture like no other: equal ones in two splits would be a leak."""
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(zlib.crc32(path.name.encode()))
    Image.fromarray(noise.integers(0, 255, (10, 12), np.uint8)).save(path)


@pytest.fixture
def release(tmp_path):
    """Two patients of two scans for each class and split, in the folder named with a blank."""
    root = tmp_path / "OCT2017 "
    for s, split in enumerate(("train", "val", "test")):
        for c, name in enumerate(sorted(CLASSES)):
            for patient in (1000 * s + 100 * c, 1000 * s + 100 * c + 1):
                for scan in (1, 2):
                    put(root / split / name / f"{name}-{patient}-{scan}.jpeg")
    return root


def refused(root, *words, **options):
    with pytest.raises(DataError) as caught:
        open_data(root, **options)
    message = str(caught.value)
    assert "\n" not in message
    for word in words:
        assert word in message


def test_release_opens_with_its_splits_and_patients(release):
    data = open_data(release)
    assert data.classes == CLASSES
    assert data.task == "oct"
    assert np.unique(data.splits, return_counts=True)[1].tolist() == [16, 16, 16]
    assert len(set(data.groups)) == 24
    first = data.items[0]
    assert (first.name, first.patient) == ("train/NORMAL/NORMAL-300-1.jpeg", "300")
    assert data.image(0).shape == (10, 12, 3)  # grey scans become RGB
    assert len(open_data(release, split="test")) == 16


@pytest.mark.parametrize("name", ["OCT2017 ", "OCT2017", ""])
def test_trailing_blank_is_found(release, name):
    given = release.parent / name
    (release.parent / "__MACOSX" / "OCT2017 " / "train").mkdir(parents=True)
    assert find_root(given) == release
    assert len(open_data(str(release.parent) + "/" + name)) == 48
    assert check_folder(given).ok


def test_blank_is_found_from_the_folder_itself(release, monkeypatch):
    monkeypatch.chdir(release.parent)
    assert len(open_data("OCT2017")) == 48


def test_two_releases_in_a_folder_are_not_chosen_between(release, tmp_path):
    put(tmp_path / "other" / "train" / "CNV" / "a.png")
    assert find_root(tmp_path) == tmp_path
    refused(tmp_path, "OCT2017 ", "other")


def test_without_splits_scans_of_a_patient_stay_together(tmp_path):
    for name in CLASSES:
        for patient in range(20):
            for scan in range(3):
                put(tmp_path / name / f"{name}-{patient}-{scan}.jpeg")
    data = ClassFolder(tmp_path)
    assert set(data.groups) == {str(patient) for patient in range(20)}
    for group in set(data.groups):
        assert len(set(data.splits[data.groups == group])) == 1
    assert {*data.splits} == {"train", "val", "test"}


def test_the_table_of_patients_goes_before_the_file_name(release):
    (release / "patients.csv").write_text(
        "image,patient\ntrain/NORMAL/NORMAL-300-1.jpeg,someone\n\n"
    )
    assert open_data(release).groups[:2].tolist() == ["someone", "300"]


@pytest.mark.parametrize(
    ("name", "patient"),
    [
        ("DME-9583225-2.jpeg", "9583225"),
        ("train/CNV/CNV-1-12.JPEG", "1"),
        ("glaucoma-12-1.png", ""),
        ("DME-9583225.jpeg", ""),
        ("my-DME-9583225-2.jpeg", ""),
    ],
)
def test_patient_in_name(name, patient):
    assert patient_in_name(name) == patient


def test_three_of_four_classes(tmp_path):
    for name in ("NORMAL", "CNV", "DME"):
        put(tmp_path / name / "a.jpeg")
    refused(tmp_path, "no images of class DRUSEN", "only NORMAL, CNV, DME", "add them")
    assert len(open_data(tmp_path, complete=False)) == 3


def test_class_in_test_that_training_lacks(release):
    for path in (release / "train" / "DRUSEN").iterdir():
        path.unlink()
    refused(release, "class DRUSEN is in val", "no images in train", "add train/DRUSEN")
    assert len(open_data(release, complete=False)) == 44


def test_folder_that_is_no_class(release):
    put(release / "test" / "AMD" / "AMD-1-1.jpeg")
    refused(release, "'AMD' is no class of (NORMAL, CNV, DME, DRUSEN)", "rename")


def test_names_in_another_case(tmp_path):
    for name in CLASSES:
        put(tmp_path / name.lower() / "a.jpeg")
    refused(tmp_path, "is no class of (NORMAL, CNV, DME, DRUSEN)", "rename")


def test_image_listed_but_absent(release):
    (release / "patients.csv").write_text("image,patient\ntrain/DME/DME-7-1.jpeg,7\n")
    refused(release, "patients.csv", "1 image(s)", "first train/DME/DME-7-1.jpeg", "delete")
    assert check_folder(release).absent_patients == ["train/DME/DME-7-1.jpeg"]


def test_check_finds_a_patient_in_two_splits_by_file_name(release):
    put(release / "test" / "CNV" / "CNV-0-9.jpeg")  # 0 is a patient of train/CNV
    assert check_folder(release).patients_in_two_splits == ["0"]


def test_check_finds_a_scan_that_is_in_two_splits(release):
    scan = release / "train" / "CNV" / "CNV-0-1.jpeg"
    Image.open(scan).save(release / "test" / "CNV" / "CNV-5555-1.jpeg", quality=60)
    found = check_folder(release).copies_in_two_splits
    assert len(found) == 1
    assert "train/CNV/CNV-0-1.jpeg (train)" in found[0]
    assert "test/CNV/CNV-5555-1.jpeg (test)" in found[0]


@pytest.mark.realdata
def test_real_scans():
    folder = os.environ.get("GLAUCAM_REAL_DATA")
    if not folder:
        pytest.skip("GLAUCAM_REAL_DATA is not set")
    root = Path(folder) / "kermany_oct2017_val"
    data = open_data(root)
    assert data.classes == CLASSES
    assert np.bincount(data.labels).tolist() == [4, 4, 4, 4]
    assert check_folder(root).ok
    for i, item in enumerate(data.items):
        assert item.patient == patient_in_name(item.name)  # the table agrees with the names
        image = data.image(i)
        assert image.shape[0] == 496
        assert (image[..., 0] == image[..., 2]).all()
