"""``glaucam score``: the rows, the controls beside every method, and refusals of one line."""

import csv
import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

import glaucam
from glaucam import cli
from glaucam.data import Preprocessing
from glaucam.models import build_model
from glaucam.training.checkpoint import save_checkpoint

CONTROLS = ["random", "constant", "centre_gaussian", "sobel"]
COLUMNS = ["method", "metric", "class", "structure", "n", "mean", "low", "high"]


def glaucam_says(capsys, *arguments):
    try:
        code = cli.main([str(argument) for argument in arguments])
    except SystemExit as exit_:  # argparse
        code = exit_.code
    said = capsys.readouterr()
    return code, said.out, said.err


@pytest.fixture(scope="module")
def eyes(tmp_path_factory):
    """16 phantom disc crops as a class folder, with masks."""
    root = tmp_path_factory.mktemp("eyes") / "phantoms"
    arguments = ["data", "make", "--out", str(root), "--n", "16", "--size", "64", "--view", "crop"]
    assert cli.main(arguments) == 0
    return root


@pytest.fixture(scope="module")
def without_masks(eyes, tmp_path_factory):
    root = tmp_path_factory.mktemp("bare") / "phantoms"
    shutil.copytree(eyes, root, ignore=shutil.ignore_patterns("masks"))
    return root


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    return untrained(tmp_path_factory.mktemp("model") / "model.safetensors", "normal", "glaucoma")


def untrained(path, *classes, crop=True):
    """A network as it was drawn: scoring asks for no skill."""
    torch.manual_seed(5)
    preprocessing = Preprocessing(size=32, crop=crop).to_dict()
    header = {"model": "retinal_cnn", "classes": classes, "preprocessing": preprocessing}
    save_checkpoint(path, build_model("retinal_cnn", len(classes)), header)
    return path


def rows_of(capsys, *arguments):
    code, out, err = glaucam_says(capsys, "score", *arguments, "--json")
    assert code == 0, err
    return json.loads(out)["rows"]


def pick(rows, **asked):
    return [row for row in rows if all(row[key] == value for key, value in asked.items())]


def test_the_rows_and_their_csv(eyes, checkpoint, capsys, tmp_path):
    rows = rows_of(
        capsys, "--model", checkpoint, "--data", eyes, "--method", "gradcam", "hirescam",
        "--metric", "energy_share", "lift", "deletion", "--n", "4", "--out", tmp_path,
    )  # fmt: skip
    assert [list(row) for row in rows] == [COLUMNS] * len(rows)
    assert list(dict.fromkeys(row["method"] for row in rows)) == ["gradcam", "hirescam", *CONTROLS]
    assert {row["class"] for row in rows} == {"normal", "glaucoma", "contrast"}
    assert {row["structure"] for row in pick(rows, metric="lift")} >= {"disc", "cup", "rim"}
    assert {row["structure"] for row in pick(rows, metric="deletion")} == {None}
    for row in rows:
        assert 0 <= row["n"] <= 4
        if row["n"] > 1:
            assert row["low"] <= row["mean"] <= row["high"]
    with (tmp_path / "scores.csv").open() as file:
        written = list(csv.DictReader(file))
    assert list(written[0]) == COLUMNS
    assert [row["mean"] for row in written] == [
        "" if row["mean"] is None else str(row["mean"]) for row in rows
    ]


def test_controls_score_what_they_must(eyes, checkpoint, capsys):
    rows = rows_of(
        capsys, "--model", checkpoint, "--data", eyes, "--method", "gradcam", "--n", "6",
        "--metric", "lift", "energy_share", "randomisation", "iou_area_matched",
    )  # fmt: skip
    for row in pick(rows, method="constant", metric="lift"):
        assert row["mean"] == pytest.approx(1)
    for row in pick(rows, method="sobel", metric="randomisation"):
        assert row["mean"] == pytest.approx(1)  # edges know nothing of weights
    for row in pick(rows, method="gradcam", metric="randomisation", **{"class": "glaucoma"}):
        assert row["mean"] < 0.99
    (random,) = pick(
        rows, method="random", metric="lift", structure="disc", **{"class": "glaucoma"}
    )
    assert random["mean"] == pytest.approx(1, abs=0.1)


def test_the_share_is_that_of_the_heatmaps(eyes, checkpoint, capsys):
    """One row worked again with the library's own calls."""
    rows = rows_of(
        capsys, "--model", checkpoint, "--data", eyes, "--method", "gradcam", "--n", 16,
        "--metric", "energy_share", "--class", "glaucoma", "--structure", "disc",
    )  # fmt: skip
    loaded, data = glaucam.load_checkpoint(checkpoint), glaucam.data.open_data(eyes)
    shares = []
    for i in range(16):
        image, p = data.image(i), loaded.preprocessing
        heat = glaucam.explain(loaded.model, p(image)[None]).heatmaps["glaucoma"].values[0].numpy()
        inside = p.frame_mask(data.masks(i)["disc"], image)
        if heat.sum() > 0:
            shares.append(heat[inside].sum() / heat.sum())
    assert shares
    (row,) = pick(rows, method="gradcam")
    assert row["n"] == len(shares)
    assert row["mean"] == pytest.approx(np.mean(shares), rel=1e-5)


def test_the_same_again_gives_the_same(eyes, checkpoint, capsys):
    arguments = ["--model", checkpoint, "--data", eyes, "--method", "gradient_shap", "--n", "3",
                 "--metric", "lift", "insertion", "--class", "contrast"]  # fmt: skip
    assert rows_of(capsys, *arguments) == rows_of(capsys, *arguments)


def test_people_get_a_table_and_images_come_from_all_classes(checkpoint, capsys):
    code, out, err = glaucam_says(capsys, "score", "--model", checkpoint, "--data", "phantom_disc",
                                  "--method", "hirescam", "--n", "2", "--structure", "disc",
                                  "--metric", "lift", "--class", "glaucoma")  # fmt: skip
    assert code == 0
    lines = out.splitlines()
    header = next(i for i, line in enumerate(lines) if line.split()[:2] == ["method", "metric"])
    assert [line.split()[0] for line in lines[header + 1 :]] == ["hirescam", *CONTROLS]
    assert "reading" in err


def test_images_are_drawn_evenly_from_the_classes():
    from glaucam.scoring.eyes import chosen

    labels = np.array([0] * 90 + [1] * 10)
    picked = chosen(labels, None, 12)
    assert sorted(labels[picked]) == [0] * 6 + [1] * 6
    assert picked == chosen(labels, None, 12)
    assert chosen(labels, range(95, 100), 50) == list(range(95, 100))


def test_without_masks_the_rest_is_scored(without_masks, checkpoint, capsys):
    arguments = ["--model", checkpoint, "--data", without_masks, "--method", "gradcam", "--n", "2"]
    code, out, err = glaucam_says(capsys, "score", *arguments, "--json")
    assert code == 0
    assert {row["metric"] for row in json.loads(out)["rows"]} == {"deletion", "insertion"}
    assert "no masks, so without energy_share, lift" in err


def test_oct_scans_and_their_lesions(capsys, tmp_path):
    """Four classes, no contrast by default; a scan without a lesion counts for no structure."""
    draws = np.random.default_rng(0)
    for name in ("NORMAL", "CNV", "DME", "DRUSEN"):
        folder = tmp_path / "oct" / name
        folder.mkdir(parents=True)
        scan = draws.integers(0, 255, (48, 64), dtype=np.uint8)
        Image.fromarray(scan).save(folder / f"{name}-1-1.png")
        lesion = np.zeros((48, 64), np.uint8)
        lesion[10:20, 10:20] = 0 if name == "NORMAL" else 255
        (tmp_path / "oct" / "masks" / "lesion").mkdir(parents=True, exist_ok=True)
        Image.fromarray(lesion).save(tmp_path / "oct" / "masks" / "lesion" / f"{name}-1-1.png")
    model = untrained(tmp_path / "m.safetensors", "NORMAL", "CNV", "DME", "DRUSEN", crop=False)
    rows = rows_of(capsys, "--model", model, "--data", tmp_path / "oct", "--method", "gradcam",
                   "--metric", "lift", "pointing_game")  # fmt: skip
    assert {row["class"] for row in rows} == {"NORMAL", "CNV", "DME", "DRUSEN"}
    assert {row["structure"] for row in rows} == {"lesion"}
    assert {row["n"] for row in pick(rows, method="constant")} == {3}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"--method": "gradcm"}, "unknown method 'gradcm': did you mean 'gradcam'"),
        ({"--metric": "lifts"}, "unknown metric 'lifts': did you mean 'lift'"),
        ({"--class": "glaucomma"}, "unknown class 'glaucomma': did you mean 'glaucoma'"),
        ({"--structure": "lens"}, "unknown structure 'lens'"),
        ({"--data": "nowhere"}, "unknown data set 'nowhere'"),
        ({"--data": "{bare}", "--metric": "lift"}, "no masks, which lift need"),
        ({"--model": "nothing.safetensors"}, "no checkpoint nothing.safetensors"),
        ({"--model": "{oct}"}, "is no class of (NORMAL, CNV, DME, DRUSEN)"),
        ({"--model": "{oct}", "--data": "phantom_fundus"}, "use data of the model's task"),
        ({"--n": "0"}, "expected at least one"),
        ({"--out": "{file}"}, "choose another --out folder"),
    ],
)
def test_wrong_input_is_one_line(
    change, says, eyes, without_masks, checkpoint, capsys, tmp_path, tmp_path_factory
):
    (tmp_path / "file").touch()
    places = {
        "bare": without_masks,
        "file": tmp_path / "file" / "below",
        "oct": untrained(tmp_path / "oct.safetensors", "NORMAL", "CNV", "DME", "DRUSEN"),
    }
    asked = {"--model": checkpoint, "--data": eyes, "--method": "gradcam", "--n": "2"}
    asked |= {key: value.format(**places) for key, value in change.items()}
    code, out, err = glaucam_says(capsys, "score", *(x for pair in asked.items() for x in pair))
    lines = [line for line in err.splitlines() if line.startswith("glaucam:")]
    assert code == 2
    assert len(lines) == 1
    assert says in lines[0]
    assert "Traceback" not in out + err


@pytest.mark.realdata
def test_real_discs_by_the_embedded_model(capsys, tmp_path):
    """Drishti-GS1: share, lift, deletion and insertion of four methods beside the controls."""
    folder = os.environ.get("GLAUCAM_REAL_DATA")
    if not folder:
        pytest.skip("GLAUCAM_REAL_DATA is not set")
    methods = ["gradcam", "layercam", "gradient", "integrated_gradients"]
    rows = rows_of(
        capsys, "--model", "embedded", "--data", Path(folder) / "drishti_gs1_train",
        "--method", *methods, "--n", "6", "--class", "glaucoma", "--out", tmp_path,
    )  # fmt: skip
    assert {row["method"] for row in rows} == {*methods, *CONTROLS}
    assert {row["metric"] for row in rows} == {"energy_share", "lift", "deletion", "insertion"}
    (constant,) = pick(rows, method="constant", metric="lift", structure="disc")
    assert constant["mean"] == pytest.approx(1)
    (disc,) = pick(rows, method="gradcam", metric="lift", structure="disc")
    assert disc["n"] > 0
    with capsys.disabled():
        print("\n" + (tmp_path / "scores.csv").read_text())
