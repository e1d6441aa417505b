"""The cards and samples say what the code does, and a card is all that a data set needs."""

import csv
from pathlib import Path

import numpy as np
import pytest
import yaml

import glaucam
from glaucam.data import (
    ClassFolder,
    DrParameters,
    FundusParameters,
    PhantomFundus,
    PhantomOct,
    check_folder,
    open_data,
)
from glaucam.data.card import TOLD, UNVERIFIED
from glaucam.data.card_schema import load_card
from glaucam.data.cards import card_paths, find_card
from glaucam.data.layout import KNOWN_CLASSES
from glaucam.errors import DataError, UnknownName

DATASETS = Path(__file__).parents[2] / "datasets"
ASKED_FOR = """oct2017 aptos2019 eyepacs messidor2 idrid rfmid odir5k airogs refuge origa
    drishti_gs1
    rim_one_dl acrima papila hrf g1020 fives octmnist retinamnist retouch ddr riga eyeq duke"""


@pytest.mark.parametrize("path", sorted(DATASETS.glob("phantom*.yaml")), ids=lambda path: path.stem)
def test_card_agrees_with_the_registered_class(path):
    card = yaml.safe_load(path.read_text(encoding="utf-8"))
    entry = glaucam.DATASETS[card["name"]]
    assert path.stem == card["name"] == entry.name
    assert (card["title"], card["task"]) == (entry.title, entry.task)
    assert tuple(card["classes"]) == entry.classes
    assert tuple(card["structures"]) == entry.structures
    assert set(card["related"]) <= set(glaucam.DATASETS)
    assert {"licence", "citation", "layout", "made_by"} <= set(card)


@pytest.mark.parametrize(
    ("name", "parameters"),
    [("phantom_fundus", FundusParameters), ("phantom_dr", DrParameters)],
)
def test_card_of_fundus_phantoms_gives_the_shares_of_views(name, parameters):
    card = yaml.safe_load((DATASETS / f"{name}.yaml").read_text(encoding="utf-8"))
    assert card["views"] == parameters.mix


def test_card_of_retinopathy_gives_the_shares_of_grades():
    card = yaml.safe_load((DATASETS / "phantom_dr.yaml").read_text(encoding="utf-8"))
    assert list(card["grades"].values()) == pytest.approx(DrParameters().shares())


def test_every_set_asked_for_has_a_card():
    assert set(ASKED_FOR.split()) <= set(card_paths())
    assert set(card_paths()) <= set(glaucam.DATASETS)


@pytest.mark.parametrize("name", sorted(card_paths()))
def test_card_is_sound_and_names_where_each_fact_was_read(name):
    card = find_card(name)
    assert card.source.startswith("http")
    assert card.modality in ("fundus", "oct")
    for fact in TOLD:
        assert (getattr(card, fact) == UNVERIFIED) != (fact in card.read_in)
    if card.layout.rule in ("folder", "name", "table"):
        assert set(card.layout.values.values()) == set(card.classes)
    if card.task in KNOWN_CLASSES:
        assert card.classes == KNOWN_CLASSES[card.task]


def test_no_hash_of_a_file_that_is_not_held():
    for name in card_paths():
        assert all("hash" not in file for file in find_card(name).files)


@pytest.fixture
def card(tmp_path, monkeypatch):
    """Text of a sound card, and a function that loads it changed."""
    monkeypatch.setenv("GLAUCAM_CARDS", str(tmp_path))
    text = (DATASETS / "acrima.yaml").read_text(encoding="utf-8")

    def changed(old="", new="", name="acrima"):
        assert old in text
        path = tmp_path / f"{name}.yaml"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return load_card(path)

    return changed


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("licence: unverified\n", "", ("no 'licence'", "add it", "'unverified'")),
        ("licence: unverified", "licence:", ("'licence' is empty",)),
        ("licence: unverified", "licence: CC BY 4.0", ("read_in has no page for 'licence'",)),
        ("name: acrima", "name: other", ("'other'", "file's own name")),
        ("task: glaucoma", "taks: glaucoma", ("no 'task'",)),
        ("terms: unverified", "terms: unverified\ncolour: red", ("unknown field 'colour'",)),
        ("rule: name", "rule: nmae", ("unknown rule 'nmae'", "did you mean 'name'")),
        ("  pattern:", "  patern:", ("unknown field 'patern'", "did you mean 'pattern'")),
        ('"_(g)_ACRIMA"', '"_g_ACRIMA"', ("no group",)),
        ('"_(g)_ACRIMA"', '"_(g_ACRIMA"', ("no regular expression",)),
        ("g: glaucoma", "g: glaucom", ("the class 'glaucom'", "normal, glaucoma")),
        ("rule: tens", "rule: eye", ("patients", "unknown rule 'eye'")),
        ("classes: [normal, glaucoma]", "classes: normal", ("classes is 'normal'", "a list")),
        ("layout:\n", "layout: {\n", ("not YAML",)),
    ],
)
def test_faulty_card_gets_one_line(card, old, new, words):
    with pytest.raises(DataError) as caught:
        card(old, new)
    message = str(caught.value)
    assert "\n" not in message
    assert "acrima.yaml" in message
    for word in words:
        assert word in message


def test_new_file_is_all_a_data_set_needs(card, tmp_path):
    card("name: acrima", "name: my_eyes", "my_eyes")
    for name in ("Im001_ACRIMA", "Im002_g_ACRIMA"):
        path = tmp_path / "files" / "Database" / "Images" / f"{name}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        from PIL import Image

        Image.new("RGB", (12, 10), (90, 60, 30)).save(path)
    assert "my_eyes" in glaucam.DATASETS
    assert glaucam.DATASETS["my_eyes"].classes == ("normal", "glaucoma")
    data = open_data("my_eyes", root=tmp_path / "files")
    assert data.labels.tolist() == [0, 1]
    with pytest.raises(UnknownName, match="did you mean 'my_eyes'"):
        open_data("my_eyse")


def test_folder_of_cards_that_is_not_there(monkeypatch):
    monkeypatch.setenv("GLAUCAM_CARDS", "/no/such/folder")
    with pytest.raises(DataError, match="GLAUCAM_CARDS names /no/such/folder"):
        list(glaucam.DATASETS)


@pytest.mark.parametrize(
    ("folder", "made", "command"),
    [
        ("samples", PhantomFundus(6, 23), "--n 6 --seed 23"),
        ("samples_oct", PhantomOct(4, 23), "--data phantom_oct --out datasets/samples_oct --n 4"),
    ],
)
def test_samples_are_what_the_readme_s_command_makes(folder, made, command):
    assert command in (DATASETS / "README.md").read_text(encoding="utf-8")
    kept = ClassFolder(DATASETS / folder)
    index = {name: i for i, name in enumerate(made.image_names)}
    assert (len(kept), kept.classes) == (len(made), made.classes)
    for i, item in enumerate(kept.items):
        phantom = made[index[item.path.stem]]
        assert phantom.label == kept.label(i)
        assert np.abs(kept.image(i).astype(int) - phantom.image).mean() < 2  # JPEG libraries differ
        for name, mask in kept.masks(i).items():
            assert (mask == phantom.masks[name]).mean() > 0.999


def test_samples_table_says_what_the_eyes_are():
    """The numbers of the committed eyes: they change only if a random stream was moved."""
    with (DATASETS / "samples" / "table.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row, phantom in zip(rows, (PhantomFundus(6, 23)[i] for i in range(6)), strict=True):
        row.pop("image")
        assert row == {name: str(value) for name, value in phantom.attributes.items()}


@pytest.mark.parametrize("folder", ["samples", "samples_oct"])
def test_samples_are_small_and_sound(folder):
    assert check_folder(DATASETS / folder).ok
    files = [path for path in (DATASETS / folder).rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 1_500_000
