"""Every card against a miniature of its release, and one clear line for each that is broken."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from glaucam import cli
from glaucam.data import open_data
from glaucam.data.cards import card_paths, find_card
from glaucam.data.check_card import check_card
from glaucam.data.source import card_set
from glaucam.errors import DataError, ImageError
from tests.data.trees import NAMES, picture, plant

READABLE = sorted(
    name for name in card_paths() if find_card(name).layout.rule in ("folder", "name", "table")
)


def refused(name, root, *words, **options):
    with pytest.raises((DataError, ImageError)) as caught:
        open_data(name, root=root, **options)
    message = str(caught.value)
    assert "\n" not in message
    for word in words:
        assert word in message, message


def test_every_readable_card_has_a_miniature():
    assert set(READABLE) == set(NAMES)


@pytest.mark.parametrize("name", READABLE)
def test_card_reads_its_release(name, tmp_path):
    card = find_card(name)
    planted = plant(card, tmp_path)
    data = open_data(name, root=tmp_path)
    found = {data.image_name(i): data.classes[data.label(i)] for i in range(len(data))}
    assert found == {image: label for image, label in planted.items() if label}
    assert (data.name, data.task, data.classes) == (card.name, card.task, card.classes)
    assert data.image(0).shape == (32, 40, 3)
    if card.patients.rule == "name":
        assert len(set(data.patients)) == len(data) // 2  # both eyes, or scans, of a patient
        assert "" not in data.patients
    for group in set(data.groups):
        assert len(set(data.splits[data.groups == group])) == 1
    own = {part.split for part in card.layout.parts}
    if "train" in own and "val" not in own:
        assert {"train", "val", "test"} >= set(data.splits)
    assert check_card(card_set(name), tmp_path)["ok"]


def test_class_folder_under_a_card_s_name(tmp_path):
    for name in ("normal", "glaucoma"):
        for i in range(3):
            picture(tmp_path / name / f"{name}{i}.png", i + 10 * (name == "normal"))
    data = open_data("refuge", root=tmp_path)
    assert (data.name, data.classes, len(data)) == ("refuge", ("normal", "glaucoma"), 6)


def test_root_by_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("GLAUCAM_DATA", str(tmp_path))
    plant(find_card("acrima"), tmp_path / "acrima")
    assert len(open_data("acrima")) == 4
    refused("hrf", None, str(tmp_path / "hrf"), "not there", "data fetch hrf", "--root")


def test_masks_of_a_card(tmp_path):
    plant(find_card("refuge"), tmp_path)
    mask = np.full((32, 40), 255, np.uint8)
    mask[8:20, 8:20], mask[12:16, 12:16] = 128, 0
    path = tmp_path / "Annotation-Training400/Disc_Cup_Masks/Glaucoma/g0001.bmp"
    path.parent.mkdir(parents=True)
    data = open_data("refuge", root=tmp_path)
    i = next(i for i, item in enumerate(data.items) if item.path.parent.name == "Glaucoma")
    path = path.with_stem(data.items[i].path.stem)
    Image.fromarray(mask).save(path)
    masks = data.masks(i)
    assert {name: int(found.sum()) for name, found in masks.items()} == {
        "disc": 144, "cup": 16, "rim": 128,
    }  # fmt: skip
    Image.fromarray(mask[:, :30]).save(path)
    with pytest.raises(ImageError, match=r"30×32 px but its image is 40×32 px"):
        data.masks(i)
    report = check_card(card_set("refuge"), tmp_path)
    assert not report["ok"]
    assert "30×32" in report["bad_masks"][0]


def test_train_without_val_gives_some_to_it(tmp_path):
    for part in ("training_set", "test_set"):
        for c, name in enumerate(("normal", "glaucoma")):
            for i in range(20):
                picture(
                    tmp_path / f"RIM-ONE_DL_images/partitioned_by_hospital/{part}/{name}/{i}.png",
                    1000 * c + i + 500 * (part == "test_set"),
                )
    data = open_data("rim_one_dl", root=tmp_path)
    counts = {split: len(data.indices(split)) for split in ("train", "val", "test")}
    assert counts["test"] == 40
    assert counts["val"] == pytest.approx(6, abs=2)
    assert counts["train"] + counts["val"] == 40


def test_unknown_class_in_a_table_names_the_line(tmp_path):
    plant(find_card("aptos2019"), tmp_path)
    table = tmp_path / "train.csv"
    lines = table.read_text().splitlines()
    table.write_text("\n".join([*lines[:3], lines[3].replace(",1,", ",7,"), *lines[4:]]) + "\n")
    refused("aptos2019", tmp_path, "train.csv, line 4", "unknown class '7'", "known are 0, 1, 2")


def test_table_that_lacks_or_outruns_the_images(tmp_path):
    plant(find_card("aptos2019"), tmp_path)
    table, text = tmp_path / "train.csv", (tmp_path / "train.csv").read_text()
    table.write_text(text + ",gone,0,,\n")
    refused("aptos2019", tmp_path, "1 image(s) listed there are absent", "gone", "finish")
    table.write_text("\n".join(text.splitlines()[:-1]))
    refused("aptos2019", tmp_path, "no row for train_images/", "add the row")
    table.write_text(text.replace("diagnosis", "grade"))
    refused("aptos2019", tmp_path, "no column 'diagnosis'", "grade")
    table.write_text(text + text.splitlines()[1].replace(",0,", ",3,") + "\n")
    refused("aptos2019", tmp_path, "is '0' in line 2 and '3' in line 12", "one class")
    table.write_bytes(b"\xff\xfe\x00")
    refused("aptos2019", tmp_path, "cannot be read as CSV", "UTF-8")
    table.unlink()
    refused("aptos2019", tmp_path, "no such table", "data fetch aptos2019")


def test_table_that_may_mean_two_files(tmp_path):
    plant(find_card("airogs"), tmp_path)
    picture(tmp_path / "1/TRAIN0001.jpg", 99)
    refused("airogs", tmp_path, "'TRAIN0001' may be 0/TRAIN0001.jpg or 1/TRAIN0001.jpg")


def test_two_images_of_a_stem_are_told_when_a_mask_is_asked_for(tmp_path):
    for name in ("normal", "glaucoma"):
        picture(tmp_path / name / "eye.png", len(name))
    data = open_data(tmp_path)
    assert data.masks(0) == {}
    (tmp_path / "masks/disc").mkdir(parents=True)
    Image.new("L", (40, 32), 255).save(tmp_path / "masks/disc/eye.png")
    with pytest.raises(DataError, match="two images have the stem 'eye'"):
        data.masks(0)


def test_names_beyond_ascii_and_as_long_as_a_file_system_takes(tmp_path):
    names = ("Auge_links_ü_眼_👁", "x" * 251)
    for i, stem in enumerate(names):
        picture(tmp_path / "normal" / f"{stem}.png", i)
        picture(tmp_path / "glaucoma" / f"{stem}.png", 10 + i)
    (tmp_path / "patients.csv").write_text(
        f"image,patient\nnormal/{names[0]}.png,Ülkü\n", encoding="utf-8"
    )
    data = open_data(tmp_path)
    assert f"normal/{names[0]}.png" in data.image_names
    assert "Ülkü" in data.groups


def test_parts_that_overlap(tmp_path, monkeypatch):
    text = find_card("acrima").path.read_text(encoding="utf-8")
    part = '{images: "Database/Images/*"}'
    (tmp_path / "acrima.yaml").write_text(text.replace(part, f"{part}, {part}"), encoding="utf-8")
    monkeypatch.setenv("GLAUCAM_CARDS", str(tmp_path))
    plant(find_card("refuge"), tmp_path)
    picture(tmp_path / "Database/Images/Im011_ACRIMA.jpg", 1)
    refused("acrima", tmp_path, "two parts of the layout hold Database/Images/Im011_ACRIMA.jpg")


def test_card_without_reader_says_why(tmp_path):
    refused("duke", tmp_path, "duke has a card only", "MATLAB", "data fetch duke")


def test_wrong_folder_says_what_was_looked_for(tmp_path):
    refused("acrima", tmp_path, "no image of acrima", "Database/Images/*")
    refused("acrima", tmp_path / "nowhere", "acrima is not there")


def test_options_that_do_not_fit(tmp_path):
    refused("phantom_fundus", tmp_path, "made when asked for")
    refused("acrima", tmp_path, "leave out the number", n=3)
    refused("acrima", tmp_path, "model's task", classes=("a", "b"))
    refused(tmp_path, tmp_path, "--root is for a card's name")


def test_broken_files_are_listed_once_and_left_out_only_when_asked(tmp_path, capsys):
    plant(find_card("acrima"), tmp_path)
    folder = tmp_path / "Database" / "Images"
    noise = np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)
    Image.fromarray(noise).save(folder / "Im995_ACRIMA.jpg")
    whole = (folder / "Im995_ACRIMA.jpg").read_bytes()
    (folder / "Im995_ACRIMA.jpg").write_bytes(whole[: len(whole) // 2])  # its header is sound
    (folder / "Im996_ACRIMA.jpg").write_text("no image")
    refused("acrima", tmp_path, "1 of 6 images cannot be read", "Im996", "--skip-unreadable")
    data = open_data("acrima", root=tmp_path, skip_unreadable=True)
    assert len(data) == 4
    assert [line.split(":")[0] for line in data.skipped] == [
        "Database/Images/Im995_ACRIMA.jpg", "Database/Images/Im996_ACRIMA.jpg",
    ]  # fmt: skip
    out = tmp_path / "splits.csv"
    code = cli.main(["data", "split", "acrima", "--root", str(tmp_path), "--out", str(out),
                     "--skip-unreadable", "--json"])  # fmt: skip
    told = capsys.readouterr()
    assert code == 0
    assert told.err.count("Im996_ACRIMA.jpg") == 1
    assert sum(sum(part.values()) for part in json.loads(told.out).values()
               if isinstance(part, dict)) == 4  # fmt: skip


def test_list_and_check_speak_of_cards(tmp_path, capsys):
    assert cli.main(["data", "list", "--json"]) == 0
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)["data_sets"]}
    assert rows["octmnist"]["comes"] == "glaucam data fetch octmnist"
    assert rows["airogs"]["comes"] == "by hand"
    assert rows["retouch"]["comes"] == "by hand; a card only"
    plant(find_card("acrima"), tmp_path)
    assert cli.main(["data", "check", "acrima", "--root", str(tmp_path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["counts"] == {"normal": 2, "glaucoma": 2}
    assert cli.main(["data", "check", "phantom_oct"]) == 2
    assert cli.main(["data", "make", "--data", "acrima", "--out", str(tmp_path / "x")]) == 2
    assert "only phantoms are made" in capsys.readouterr().err


def test_medmnist_through_its_package(tmp_path):
    arrays = {}
    for split, n in (("train", 8), ("val", 4), ("test", 4)):
        rng = np.random.default_rng(n)
        arrays[f"{split}_images"] = rng.integers(0, 255, (n, 64, 64), np.uint8)
        arrays[f"{split}_labels"] = np.arange(n)[:, None] % 4
    np.savez(tmp_path / "octmnist_64.npz", **arrays)
    data = open_data("octmnist", root=tmp_path)
    assert data.classes == ("NORMAL", "CNV", "DME", "DRUSEN")
    assert data.labels[:4].tolist() == [1, 2, 3, 0]  # the package counts from CNV
    assert np.unique(data.splits, return_counts=True)[1].tolist() == [4, 8, 4]
    assert (data.image(9)[..., 0] == arrays["val_images"][1]).all()
    assert len(open_data("octmnist", root=tmp_path, split="val")) == 4
    refused("retinamnist", tmp_path, "data fetch retinamnist")
    refused("octmnist", tmp_path, "the package's own split", splits=tmp_path / "a.csv")


@pytest.fixture
def real():
    folder = os.environ.get("GLAUCAM_REAL_DATA")
    if not folder:
        pytest.skip("GLAUCAM_REAL_DATA is not set")
    return Path(folder)


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("name", "folder", "n", "patients"),
    [("acrima", "acrima", 355, "guessed"), ("drishti_gs1", "drishti_gs1_train", 50, "unknown"),
     ("oct2017", "kermany_oct2017_val", 16, "known")],
)  # fmt: skip
def test_real_folders_by_their_cards(real, name, folder, n, patients):
    data = open_data(name, root=real / folder)
    assert (len(data), data.name, data.classes) == (n, name, find_card(name).classes)
    assert ("" not in data.patients) == (patients == "known")
    for group in set(data.groups):
        assert len(set(data.splits[data.groups == group])) == 1
    assert {data.label(i) for i in data.indices("test")} == set(range(len(data.classes)))


@pytest.mark.realdata
def test_real_file_names_fit_the_card_of_acrima(real, tmp_path):
    """The release keeps all images in one folder, whose names tell the class."""
    names = {p.name: p.parent.name for p in (real / "acrima").glob("*/Im*")}
    for name in list(names)[::10]:
        picture(tmp_path / "Database" / "Images" / name, 1)
    data = open_data("acrima", root=tmp_path)
    for i, item in enumerate(data.items):
        assert data.classes[data.label(i)] == names[item.path.name]
