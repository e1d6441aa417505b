"""Stored splits: by patient, else by near duplicates; a leak is an error that names the pair."""

import csv
import json
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from glaucam import cli
from glaucam.data import open_data
from glaucam.data.check_card import check_card
from glaucam.data.source import card_set
from glaucam.data.split_files import read_splits, split_groups
from glaucam.errors import DataError
from tests.data.trees import picture


@pytest.fixture
def root(tmp_path_factory):
    """30 eyes of each class without numbers in their names, every third one kept twice."""
    tmp_path = tmp_path_factory.mktemp("eyes")
    for c, name in enumerate(("normal", "glaucoma")):
        for i in range(30):
            stem = f"{name}-{chr(97 + i % 26)}{chr(97 + i // 26)}"
            path = tmp_path / name / f"{stem}.png"
            picture(path, 100 * c + i, size=(64, 56))
            if i % 3 == 0:
                Image.open(path).resize((48, 42)).save(tmp_path / name / f"{stem}-copy.jpg")
    return tmp_path


def rows(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def split(*arguments):
    return cli.main(["data", "split", *map(str, arguments)])


def test_copies_stay_together_without_being_told(root):
    data = open_data(root)
    assert set(data.patients) == {""}
    where = dict(zip(data.image_names, data.splits, strict=True))
    copies = [name for name in where if "-copy" in name]
    assert len(copies) == 20
    for name in copies:
        assert where[name] == where[name.replace("-copy.jpg", ".png")]
    assert {*where.values()} == {"train", "val", "test"}


def test_stored_split_is_the_same_each_time_and_is_read_back(root, tmp_path, capsys):
    first, second, other = (tmp_path / f"{name}.csv" for name in "abc")
    assert split(root, "--out", first, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["groups"] == 60
    assert sum(told["train"].values()) == pytest.approx(56, abs=3)
    for part in ("train", "val", "test"):  # stratified
        assert told[part]["normal"] == pytest.approx(told[part]["glaucoma"], abs=2)
    split(root, "--out", second)
    split(root, "--out", other, "--seed", 1)
    assert first.read_bytes() == second.read_bytes() != other.read_bytes()
    stored = {row["image"]: row["split"] for row in rows(other)}
    data = open_data(root, splits=other)
    assert dict(zip(data.image_names, data.splits, strict=True)) == stored
    part = open_data(root, splits=other, split="test")
    assert {*part.image_names} == {name for name, where in stored.items() if where == "test"}
    assert part.splits.tolist() == ["test"] * len(part)


def test_split_beside_the_images_is_used_unasked(root):
    assert split(root, "--seed", 5) == 0
    stored = {row["image"]: row["split"] for row in rows(root / "splits.csv")}
    data = open_data(root)
    assert dict(zip(data.image_names, data.splits, strict=True)) == stored


def test_fractions(root, tmp_path, capsys):
    assert split(root, "--out", tmp_path / "a.csv", "--fractions", 0.5, 0, 0.5, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["val"] == {}
    assert split(root, "--out", tmp_path / "a.csv", "--fractions", 1, 1, 1) == 2
    assert "sum to 1" in capsys.readouterr().err


def refused(root, path, *words):
    with pytest.raises(DataError) as caught:
        open_data(root, splits=path).splits  # noqa: B018
    message = str(caught.value)
    assert "\n" not in message
    for word in words:
        assert word in message


def test_stored_split_that_leaks_or_does_not_fit(root, tmp_path):
    path = tmp_path / "a.csv"
    split(root, "--out", path)
    text = path.read_text()
    lines = text.splitlines()
    copy = next(line for line in lines if "-copy.jpg" in line)
    name, where, group = copy.split(",")
    elsewhere = "val" if where != "val" else "test"
    path.write_text(text.replace(copy, f"{name},{elsewhere},{group}"))
    pair = name.replace("-copy.jpg", ".png")
    refused(root, path, "1 patient", f"{name} ({elsewhere})", f"{pair} ({where})", "--anew")
    path.write_text(text.replace(copy + "\n", ""))
    refused(root, path, "1 of 80 images have no row", name, "glaucam data split")
    path.write_text(text.replace(f",{where},", ",valid,", 1))
    refused(root, path, "is in 'valid'", "train, val, test")
    path.write_text("image,part\n")
    refused(root, path, "no column 'group'", "image,split,group")
    refused(root, tmp_path / "none.csv", "none.csv")


def test_patient_on_two_sides_of_a_release_stops_training(tmp_path):
    for part in ("train", "val", "test"):
        for c, name in enumerate(("normal", "glaucoma")):
            for i in range(3):
                picture(tmp_path / part / name / f"{part}{i}.png", 10 * c + i + len(part))
    (tmp_path / "patients.csv").write_text(
        "image,patient\ntrain/normal/train0.png,Anna\ntest/normal/test0.png,Anna\n"
    )
    from glaucam.data import Preprocessing
    from glaucam.training.recipe import Recipe
    from glaucam.training.train import train

    with pytest.raises(DataError) as caught:
        train(open_data(tmp_path), Recipe(epochs=1), tmp_path / "run", Preprocessing(size=32))
    for word in ("train/normal/train0.png (train)", "test/normal/test0.png (test)", "Anna"):
        assert word in str(caught.value)
    assert list((tmp_path / "run").iterdir()) == []


def test_own_split_is_made_anew_only_when_asked(tmp_path, capsys):
    for part in ("train", "test"):
        for c, name in enumerate(("normal", "glaucoma")):
            for i in range(5):
                picture(
                    tmp_path / part / name / f"{part}.{chr(97 + i)}.png", 90 * c + i + len(part)
                )
    assert split(tmp_path) == 2
    assert "--anew" in capsys.readouterr().err
    assert split(tmp_path, "--anew") == 0
    assert {*open_data(tmp_path).splits} == {"train", "val", "test"}


def test_check_finds_copies_on_two_sides(tmp_path):
    for part in ("training_set", "test_set"):
        for c, name in enumerate(("normal", "glaucoma")):
            folder = tmp_path / "RIM-ONE_DL_images/partitioned_by_hospital" / part / name
            for i in range(4):
                picture(folder / f"{i}.png", 50 * c + i + 200 * (part == "test_set"), (64, 56))
    twin = tmp_path / "RIM-ONE_DL_images/partitioned_by_hospital"
    Image.open(twin / "test_set/normal/2.png").resize((50, 44)).save(
        twin / "training_set/normal/twin.png"
    )
    report = check_card(card_set("rim_one_dl"), tmp_path)
    assert not report["ok"]
    assert len(report["leaks"]) == 1
    assert "twin.png" in report["leaks"][0]
    assert "test_set/normal/2.png (test)" in report["leaks"][0]


def test_check_finds_copies_on_two_sides_of_a_stored_split(root, tmp_path, capsys):
    path = tmp_path / "a.csv"
    split(root, "--out", path)
    assert cli.main(["data", "check", str(root), "--splits", str(path)]) == 0
    moved = [line.split(",") for line in path.read_text().splitlines()]
    for line in moved:
        if "normal-aa-copy" in line[0]:  # as someone would write it who knows no groups
            line[1:] = ["val" if line[1] != "val" else "test", ""]
    path.write_text("\n".join(map(",".join, moved)))
    capsys.readouterr()
    assert cli.main(["data", "check", str(root), "--splits", str(path), "--json"]) == 2
    found = json.loads(capsys.readouterr().out)["leaks"]
    assert len(found) == 1
    assert "normal/normal-aa-copy.jpg" in found[0]
    assert "normal/normal-aa.png" in found[0]


def test_patients_and_copies_are_joined(root):
    (root / "patients.csv").write_text(
        "image,patient\nnormal/normal-aa.png,p\nglaucoma/glaucoma-ba.png,p\n"
        "normal/normal-aa-copy.jpg,q\n"
    )
    data = open_data(root)
    group = dict(zip(data.image_names, split_groups(data.items, look=True), strict=True))
    three = ("normal/normal-aa.png", "glaucoma/glaucoma-ba.png", "normal/normal-aa-copy.jpg")
    assert len({group[name] for name in three}) == 1  # p and q have the same photo


def test_train_and_evaluate_take_the_stored_split(root, tmp_path, capsys):
    path, out = tmp_path / "a.csv", tmp_path / "run"
    split(root, "--out", path, "--seed", 3)
    asked = ["--data", str(root), "--splits", str(path), "--json"]
    capsys.readouterr()
    assert cli.main(["train", *asked, "--size", "32", "--epochs", "1", "--out", str(out)]) == 0
    told = json.loads(capsys.readouterr().out)
    test = [row for row in rows(path) if row["split"] == "test"]
    assert told["metrics"]["n"] == len(test)
    model = str(out / "model.safetensors")
    assert cli.main(["evaluate", *asked, "--model", model, "--out", str(tmp_path / "e")]) == 0
    assert json.loads(capsys.readouterr().out)["n"] == len(test)
    said = next(p for p in (tmp_path / "e").glob("*.csv") if "image" in p.read_text()[:40])
    assert {row["image"] for row in rows(said)} == {row["image"] for row in test}


@pytest.mark.realdata
@pytest.mark.parametrize("name", ["acrima", "drishti_gs1_train", "kermany_oct2017_val"])
def test_real_split_keeps_neighbours_and_patients_together(name, tmp_path, capsys):
    folder = os.environ.get("GLAUCAM_REAL_DATA")
    if not folder:
        pytest.skip("GLAUCAM_REAL_DATA is not set")
    out = tmp_path / "a.csv"
    assert split(Path(folder) / name, "--out", out, "--json") == 0
    data = open_data(Path(folder) / name)
    splits = read_splits(out, data.items)
    for group in set(data.groups):
        assert len(set(splits[data.groups == group])) == 1
    assert set(np.unique(splits)) == {"train", "val", "test"}
