"""Class folders: order of classes, masks, patients, and one clear line for each broken one."""

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from glaucam.data import ClassFolder, check_folder, export_phantoms, open_data
from glaucam.data.phantoms import FundusParameters
from glaucam.errors import DataError, ImageError, UnknownName


def put(path, value=90, size=(12, 10)):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, (value, value, value)).save(path)


@pytest.fixture
def root(tmp_path):
    """Two classes of three images; glaucoma, first in the alphabet, must not be class 0."""
    for name in ("normal", "glaucoma"):
        for i in range(3):
            put(tmp_path / name / f"{name}{i}.png", 40 * i)
    return tmp_path


def refused(root, *words, **options):
    with pytest.raises(DataError) as caught:
        ClassFolder(root, **options)
    assert "\n" not in str(caught.value)
    for word in words:
        assert word in str(caught.value)


def test_class_order_is_never_the_alphabet(root):
    data = ClassFolder(root)
    assert data.classes == ("normal", "glaucoma")
    assert data.labels.tolist() == [0, 0, 0, 1, 1, 1]
    assert data.items[0].name == "normal/normal0.png"
    assert ClassFolder(root, classes=("glaucoma", "normal")).labels.tolist() == [0, 0, 0, 1, 1, 1]
    assert data.image(1)[0, 0].tolist() == [40, 40, 40]


def test_oct_order(tmp_path):
    for name in ("CNV", "DME", "DRUSEN", "NORMAL"):
        put(tmp_path / name / "a.JPEG")
    data = ClassFolder(tmp_path)
    assert data.classes == ("NORMAL", "CNV", "DME", "DRUSEN")
    assert data.task == "oct"


def test_reserved_and_dot_names_are_no_classes(root):
    put(root / "masks" / "disc" / "normal0.png")
    put(root / ".cache" / "x.png")
    (root / "normal" / ".DS_Store").write_bytes(b"\0")
    (root / "README.txt").write_text("beside the classes anything may lie")
    assert len(ClassFolder(root)) == 6


def test_given_splits(tmp_path):
    for split in ("train", "val", "test"):
        for name in ("normal", "glaucoma"):
            put(tmp_path / split / name / f"{split}_{name}.TIF")
    data = ClassFolder(tmp_path)
    assert data.splits.tolist() == ["train", "train", "val", "val", "test", "test"]
    assert [item.split for item in ClassFolder(tmp_path, split="val").items] == ["val", "val"]
    assert len(open_data(tmp_path, split="test")) == 2
    refused(tmp_path, "'valid'", "train, val, test", split="valid")


def test_masks_and_the_rim_between(root):
    disc, cup = np.zeros((10, 12), np.uint8), np.zeros((10, 12), np.uint8)
    disc[2:8, 2:8], cup[4:6, 4:6] = 255, 200
    for name, mask in (("disc", disc), ("cup", cup)):
        path = root / "masks" / name / "normal1.png"
        path.parent.mkdir(parents=True)
        Image.fromarray(mask).save(path)
    masks = ClassFolder(root).masks(1)
    assert {name: int(mask.sum()) for name, mask in masks.items()} == {
        "disc": 36,
        "cup": 4,
        "rim": 32,
    }
    assert ClassFolder(root).masks(0) == {}


def test_patients_from_the_table(root):
    (root / "patients.csv").write_text(
        "image,patient\nnormal/normal0.png,a\nnormal/normal2.png,a\n"
    )
    assert ClassFolder(root).groups[:3].tolist() == ["a", "normal/normal1.png", "a"]
    (root / "patients.csv").write_text("file,who\nx,y\n")
    refused(root, "patients.csv", "image,patient")


def test_numbered_files_are_grouped_by_tens(tmp_path):
    for name in ("normal", "glaucoma"):
        for i in range(100):
            put(tmp_path / name / f"Im{i:03d}_{name[0]}.jpg")
    data = ClassFolder(tmp_path)
    assert data.groups[0] == data.groups[9] != data.groups[10]
    for group in set(data.groups):
        assert len(set(data.splits[data.groups == group])) == 1


def test_broken_folders(tmp_path, root):
    refused(tmp_path / "absent", "no such folder")
    refused(root / "normal" / "normal0.png", "a file")
    (tmp_path / "empty").mkdir()
    refused(tmp_path / "empty", "no class folders")
    (tmp_path / "hollow" / "normal").mkdir(parents=True)
    (tmp_path / "hollow" / "glaucoma").mkdir()
    refused(tmp_path / "hollow", "hold no images")
    put(tmp_path / "single" / "normal" / "a.png")
    refused(tmp_path / "single", "no images of class glaucoma", "only normal")
    assert len(ClassFolder(tmp_path / "single", complete=False)) == 1
    put(tmp_path / "strange" / "cats" / "a.png")
    refused(tmp_path / "strange", "cats", "in order")
    put(tmp_path / "pair" / "glaucoma" / "a.png")
    refused(tmp_path / "pair", "glaucoma", "no class of (a, b)", classes=("a", "b"))


def test_unreadable_images_and_non_images(root):
    text = root / "normal" / "text.png"
    text.write_text("no image")
    refused(root, "1 of 7", "text.png", "not an image")
    text.unlink()
    (root / "normal" / "notes.docx").write_text("no image")
    refused(root, "normal/notes.docx", "move")


def test_truncated_image_is_named_when_it_is_read(root):
    noise = np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)
    path = root / "normal" / "cut.png"
    Image.fromarray(noise).save(path)
    path.write_bytes(path.read_bytes()[:5000])
    data = ClassFolder(root)
    with pytest.raises(ImageError, match=r"cut\.png.*cut short"):
        data.image(0)


def test_check_lists_everything(root):
    assert check_folder(root).ok
    (root / "normal" / "text.png").write_text("no image")
    (root / "glaucoma" / "notes.txt").write_text("no image")
    put(root / "masks" / "disc" / "nobody.png")
    put(root / "masks" / "cup" / "normal0.png", size=(5, 5))
    put(root / "masks" / "dsic" / "normal0.png")
    (root / "patients.csv").write_text("image,patient\nnormal/gone.png,a\n")
    report = check_folder(root)
    assert not report.ok
    assert report.counts == {"glaucoma": 3, "normal": 4}
    assert report.unreadable[0].startswith("normal/text.png: not an image")
    assert report.non_images == ["glaucoma/notes.txt"]
    assert report.masks_without_image == ["masks/disc/nobody.png"]
    assert report.bad_masks[0].startswith("masks/cup/normal0.png: the mask is 5×5")
    assert report.absent_patients == ["normal/gone.png"]
    assert "masks/dsic" in report.problems[0]
    assert report.to_dict()["ok"] is False


def test_check_finds_a_patient_in_two_splits(tmp_path):
    for split in ("train", "test"):
        for name in ("normal", "glaucoma"):
            put(tmp_path / split / name / f"{split}{name}.png")
    (tmp_path / "patients.csv").write_text(
        "image,patient\ntrain/normal/trainnormal.png,a\ntest/normal/testnormal.png,a\n"
    )
    assert check_folder(tmp_path).patients_in_two_splits == ["a"]


def test_export_is_a_class_folder_with_the_same_eyes(tmp_path):
    parameters, calls = FundusParameters(size=64), []
    root = export_phantoms(
        tmp_path / "out", 6, 3, parameters, progress=lambda done, n: calls.append((done, n))
    )
    assert calls[-1] == (6, 6)
    assert check_folder(root).ok
    made, read = open_data("phantom_fundus", n=6, seed=3), ClassFolder(root)
    assert len(read) == 6
    made.parameters = parameters
    position = {name.split("_")[-1]: i for i, name in enumerate(made.image_names)}
    for i, item in enumerate(read.items):
        j = position[item.path.stem.split("_")[-1]]
        np.testing.assert_array_equal(read.image(i), made.image(j))
        assert (read.label(i), read.groups[i]) == (made.label(j), made.groups[j])
        for name, mask in read.masks(i).items():
            np.testing.assert_array_equal(mask, made.masks(j)[name])
        assert set(read.masks(i)) == set(made.masks(j)) - {"wedge"}  # disc and cup give the rim
    header, *rows = (root / "table.csv").read_text().splitlines()
    assert header.startswith("image,class,patient")
    assert len(rows) == 6
    assert Image.open(root / "gallery.png").width == 6 * 160
    with pytest.raises(DataError, match="not empty"):
        export_phantoms(root, 2)


def test_open_data_by_name_or_folder(root):
    assert len(open_data("phantom_disc", n=4, seed=1)) == 4
    assert open_data(str(root)).classes == ("normal", "glaucoma")
    with pytest.raises(UnknownName, match=r"did you mean 'phantom_fundus'.*folder"):
        open_data("phantom_fundsu")
    with pytest.raises(DataError, match="no such folder"):
        open_data("some/where")
    with pytest.raises(DataError, match="leave out"):
        open_data(root, n=3)
    with pytest.raises(DataError, match="model's task"):
        open_data("phantom_fundus", n=4, classes=("NORMAL", "CNV", "DME", "DRUSEN"))


@pytest.fixture
def real():
    folder = os.environ.get("GLAUCAM_REAL_DATA")
    if not folder:
        pytest.skip("GLAUCAM_REAL_DATA is not set")
    return Path(folder)


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("name", "classes", "n"),
    [
        ("acrima", ("normal", "glaucoma"), 355),
        ("drishti_gs1_train", ("normal", "glaucoma"), 50),
        ("kermany_oct2017_val", ("NORMAL", "CNV", "DME", "DRUSEN"), 16),
    ],
)
def test_real_folders_open(real, name, classes, n):
    data = open_data(real / name)
    assert data.classes == classes
    assert len(data) == n
    image = data.image(n // 2)
    assert image.dtype == np.uint8
    assert image.std() > 5
    for group in set(data.groups):
        assert len(set(data.splits[data.groups == group])) == 1
    assert {data.label(i) for i in data.indices("test")} == set(range(len(classes)))


@pytest.mark.realdata
def test_real_masks_and_check(real):
    report = check_folder(real / "drishti_gs1_train")
    assert report.ok
    data = open_data(real / "drishti_gs1_train")
    masks = data.masks(0)
    assert masks["disc"].shape == data.image(0).shape[:2]
    assert 0 < masks["cup"].sum() < masks["disc"].sum()
    from glaucam.data import Preprocessing

    framed = Preprocessing(size=96).frame_mask(masks["disc"], data.image(0))
    assert 20 < framed.sum() < 1000
