"""The command line: exit codes, one-line answers, JSON on stdout."""

import json
import os
import resource
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image

import glaucam
from glaucam import cli
from glaucam.data import Preprocessing
from glaucam.errors import GlaucamError
from glaucam.models import build_model
from glaucam.training.checkpoint import load_checkpoint, save_checkpoint


def glaucam_says(capsys, *arguments):
    """(exit code, stdout, stderr) of ``glaucam …`` in this process."""
    try:
        code = cli.main([str(argument) for argument in arguments])
    except SystemExit as exit_:  # argparse
        code = exit_.code
    said = capsys.readouterr()
    return code, said.out, said.err


@pytest.fixture(scope="module")
def eyes(tmp_path_factory):
    """24 phantom disc crops as a class folder."""
    root = tmp_path_factory.mktemp("eyes") / "phantoms"
    arguments = ["data", "make", "--out", str(root), "--n", "24", "--size", "64", "--view", "crop"]
    assert cli.main(arguments) == 0
    return root


@pytest.fixture(scope="module")
def trained(eyes, tmp_path_factory):
    """A checkpoint of one epoch, by the command."""
    out = tmp_path_factory.mktemp("trained")
    arguments = ["train", "--data", str(eyes), "--epochs", "1", "--size", "32", "--out", str(out)]
    assert cli.main(arguments) == 0
    return out / "model.safetensors"


def test_make_writes_a_folder_that_check_accepts(eyes, capsys):
    code, out, _ = glaucam_says(capsys, "data", "check", eyes, "--json")
    assert code == 0
    report = json.loads(out)
    assert report["ok"] is True
    assert sum(report["counts"].values()) == 24


def test_list_names_every_data_set(capsys):
    code, out, _ = glaucam_says(capsys, "data", "list", "--json")
    assert code == 0
    assert [row["name"] for row in json.loads(out)["data_sets"]] == list(glaucam.DATASETS)


def test_train_writes_a_whole_checkpoint_and_no_leftovers(trained):
    header = load_checkpoint(trained).header
    assert header["classes"] == ["normal", "glaucoma"]
    assert header["thresholds"].keys() >= {"0.95"}
    assert header["metrics"]["n"] > 0
    assert sorted(path.name for path in trained.parent.iterdir()) == [
        "history.json",
        "model.safetensors",
    ]


def test_train_carries_the_enhancement_in_the_checkpoint(eyes, tmp_path, capsys):
    code, _, _ = glaucam_says(
        capsys, "train", "--data", eyes, "--epochs", 1, "--size", 32, "--enhance", "clahe", "green",
        "--around-disc", 2.5,
        "--out", tmp_path,
    )  # fmt: skip
    assert code == 0
    preprocessing = load_checkpoint(tmp_path / "model.safetensors").preprocessing
    assert preprocessing.around_disc == 2.5
    steps = preprocessing.enhance
    assert [step.name for step in steps] == ["clahe", "green"]


def test_evaluate_prints_the_contract_on_stdout_alone(trained, eyes, tmp_path, capsys):
    code, out, err = glaucam_says(
        capsys, "evaluate", "--model", trained, "--data", eyes, "--split", "all",
        "--out", tmp_path, "--json",
    )  # fmt: skip
    assert code == 0
    figures = json.loads(out)
    assert figures.keys() >= {
        "n", "classes", "accuracy", "auroc", "auprc", "sensitivity_at_specificity", "threshold",
        "confusion",
    }  # fmt: skip
    assert figures["n"] == 24
    assert json.loads((tmp_path / "metrics.json").read_text()) == figures
    assert len((tmp_path / "predictions.csv").read_text().splitlines()) == 24 + 1
    for name in ("roc", "precision_recall", "calibration", "confusion"):
        assert (tmp_path / f"{name}.csv").stat().st_size > 0
        assert np.asarray(Image.open(tmp_path / f"{name}.png")).std() > 5
    assert "reading" in err  # progress


def test_evaluate_chooses_the_threshold_on_other_eyes_when_asked(trained, eyes, capsys):
    code, out, _ = glaucam_says(
        capsys, "evaluate", "--model", trained, "--data", "phantom_disc", "--n", 6,
        "--fix-spec", 0.7, "--validation", eyes, "--json",
    )  # fmt: skip
    assert code == 0
    figures = json.loads(out)
    assert figures["threshold"] is not None
    assert figures["specificity_asked"] == 0.7


def test_evaluate_of_one_class_gives_null_and_the_reason(trained, eyes, tmp_path, capsys):
    (tmp_path / "normal").symlink_to(eyes / "normal")
    code, out, _ = glaucam_says(
        capsys, "evaluate", "--model", trained, "--data", tmp_path, "--json"
    )
    assert code == 0
    figures = json.loads(out)
    assert figures["auroc"] is None
    assert figures["reasons"]["auroc"] == "no image of class glaucoma"


def test_explain_writes_a_panel_and_a_summary(trained, eyes, tmp_path, capsys):
    images = sorted((eyes / "glaucoma").iterdir())[:2]
    code, out, _ = glaucam_says(
        capsys, "explain", *images, "--model", trained, "--out", tmp_path, "--json"
    )
    assert code == 0
    rows = json.loads(out)["images"]
    assert [row["image"] for row in rows] == [str(image) for image in images]
    for row, image in zip(rows, images, strict=True):
        assert json.loads((tmp_path / f"{image.stem}.json").read_text()) == row
        assert np.asarray(Image.open(row["panel"])).std() > 10
        assert "Not a diagnosis" in row["statement"]
        assert row["gate"]["kind"] in ("fundus", "neither")
        assert (
            row["gate"]["kind"] == "neither"
            or row["heat_on"] is None
            or (row["heat_on"]["estimated"] and 0 < row["heat_on"]["disc"]["diameter"] < 64)
        )


def test_errors_writes_the_table_and_a_board_with_its_rows_per_group(
    trained, eyes, tmp_path, capsys
):
    code, out, err = glaucam_says(
        capsys, "errors", "--model", trained, "--data", eyes, "--split", "all", "--most", 2,
        "--out", tmp_path / "e", "--json",
    )  # fmt: skip
    assert code == 0
    told = json.loads(out)
    table = pd.read_csv(tmp_path / "e" / "errors.csv")
    assert len(table) == told["n"] == 24
    assert told["groups"] == {g: int((table["group"] == g).sum()) for g in told["groups"]}
    assert told["threshold_from"].startswith("validation")
    assert json.loads((tmp_path / "e" / "errors.json").read_text()) == told
    assert pd.read_csv(tmp_path / "e" / "summary.csv")["n"].sum() == 24
    assert len(told["boards"]) == 6
    for name, board in told["boards"].items():
        assert np.asarray(Image.open(board["picture"])).std() > 1
        rows = pd.read_csv(tmp_path / "e" / "boards" / f"{name}.csv")
        assert len(rows) == board["shown"] == min(2, board["n"])
        assert set(rows["image"]) <= set(table["image"])
    assert "explaining" in err


def test_embed_draws_the_features_and_asks_the_neighbours(trained, eyes, tmp_path, capsys):
    code, out, _ = glaucam_says(
        capsys,
        "embed",
        "--model",
        trained,
        "--data",
        eyes,
        "--no-umap",
        "--out",
        tmp_path,
        "--json",
    )
    assert code == 0
    told = json.loads(out)
    assert told["features"] == 128
    assert [row["k"] for row in told["probe"]] == [5, 10]
    points = pd.read_csv(tmp_path / "embedding.csv")
    assert list(points.columns) == ["image", "true", "predicted", "split", "pca_1", "pca_2"]
    assert len(points) == 24
    assert np.asarray(Image.open(tmp_path / "embedding.png")).std() > 5


def test_every_command_also_speaks_in_words(trained, eyes, capsys):
    code, out, _ = glaucam_says(capsys, "evaluate", "--model", trained, "--data", eyes)
    assert code == 0
    assert "auroc" in out
    assert "{" not in out


def folder(root, **classes):
    """A class folder with so many grey images in each class."""
    for name, n in classes.items():
        (root / name).mkdir(parents=True)
        for i in range(n):
            Image.fromarray(np.full((40, 40, 3), 40 + i, np.uint8)).save(root / name / f"{i}.png")
    return root


def with_file(root, name, content):
    (root / name).write_bytes(content)
    return root


WRONG = {
    "unknown command": (lambda t: ["grade"], "invalid choice: 'grade'"),
    "unknown model": (
        lambda t: ["train", "--model", "resnet81", "--data", "phantom_disc", "--out", t],
        "did you mean 'resnet18'",
    ),
    "unknown data set": (
        lambda t: ["train", "--data", "phantom_fundos", "--out", t],
        "did you mean 'phantom_fundus'",
    ),
    "unknown recipe": (lambda t: ["train", "--recipe", "embeded"], "did you mean 'embedded'"),
    "nothing to train on": (lambda t: ["train", "--out", t], "needs --data and --out"),
    "no epochs": (
        lambda t: ["train", "--data", "phantom_disc", "--epochs", "0", "--out", t],
        "epochs is 0",
    ),
    "unknown enhancement": (
        lambda t: ["train", "--data", "phantom_disc", "--enhance", "clae", "--out", t],
        "did you mean 'clahe'",
    ),
    "a number that is none": (lambda t: ["train", "--epochs", "ten"], "invalid int value"),
    "output is a file": (
        lambda t: ["train", "--data", folder(t / "d", normal=9, glaucoma=9), "--out",
                   with_file(t, "f", b"") / "f"],
        "choose another --out",
    ),
    "empty class folder": (
        lambda t: ["train", "--data", folder(t / "d", normal=0, glaucoma=0), "--out", t / "o"],
        "hold no images",
    ),
    "single class": (
        lambda t: ["train", "--data", folder(t / "d", normal=3, glaucoma=0), "--out", t / "o"],
        "no images of class glaucoma",
    ),
    "unreadable image": (
        lambda t: ["train", "--data", with_file(folder(t / "d", normal=3, glaucoma=3),
                   "normal/x.png", b"\x89PNG\r\n"), "--out", t / "o"],
        "x.png",
    ),
    "non-image": (
        lambda t: ["evaluate", "--model", "embedded", "--data",
                   with_file(folder(t / "d", normal=3, glaucoma=3), "normal/notes.txt", b"hi")],
        "notes.txt",
    ),
    "checkpoint absent": (
        lambda t: ["evaluate", "--model", t / "no", "--data", "phantom_disc"], "no checkpoint"
    ),
    "checkpoint truncated": (
        lambda t: ["evaluate", "--model", with_file(t, "m", b"\0" * 40) / "m", "--data",
                   "phantom_disc"],
        "truncated",
    ),
    "text called .png": (
        lambda t: ["explain", with_file(t, "a.png", b"no image at all") / "a.png",
                   "--model", "CKPT", "--out", t / "o"],
        "a.png",
    ),
    "unknown method": (
        lambda t: ["explain", "IMAGE", "--model", "CKPT", "--method", "gradcm", "--out", t],
        "did you mean 'gradcam'",
    ),
    "unknown layer": (
        lambda t: ["explain", "IMAGE", "--model", "CKPT", "--target-layer", "features.block9",
                   "--out", t],
        "unknown layer 'features.block9'",
    ),
    "unknown class": (
        lambda t: ["explain", "IMAGE", "--model", "CKPT", "--class", "cataract", "--out", t],
        "known are normal, glaucoma",
    ),
    "unknown colormap": (
        lambda t: ["explain", "IMAGE", "--model", "CKPT", "--colormap", "virids", "--out", t],
        "did you mean 'viridis'",
    ),
    "alpha in percent": (
        lambda t: ["explain", "IMAGE", "--model", "CKPT", "--alpha", "50", "--out", t],
        "alpha is 50",
    ),
    "no stored threshold": (
        lambda t: ["evaluate", "--model", "CKPT", "--data", "phantom_disc", "--n", "4",
                   "--fix-spec", "0.5"],
        "--validation",
    ),
    "threshold in percent": (
        lambda t: ["errors", "--model", "CKPT", "--data", "phantom_disc", "--n", "4",
                   "--threshold", "50", "--out", t / "o"],
        "threshold is 50",
    ),
    "unknown distance": (
        lambda t: ["embed", "--model", "CKPT", "--data", "phantom_disc", "--n", "24", "--distance",
                   "cosin", "--out", t / "o"],
        "expected cosine or euclidean",
    ),
    "no image on a board": (
        lambda t: ["errors", "--model", "CKPT", "--data", "phantom_disc", "--most", "0"],
        "--most is 0",
    ),
    "folder to check absent": (lambda t: ["data", "check", t / "absent"], "absent"),
    "folder to make not empty": (
        lambda t: ["data", "make", "--n", "1", "--out", folder(t / "d", normal=1)], "not empty"
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_wrong_input_exits_2_with_one_line_and_no_traceback(case, trained, eyes, tmp_path, capsys):
    build, expected = WRONG[case]
    image = next((eyes / "normal").iterdir())
    named = {"CKPT": trained, "IMAGE": image}
    arguments = [named.get(str(word), word) for word in build(tmp_path)]
    code, out, err = glaucam_says(capsys, *arguments)
    assert code == 2
    assert out == ""
    assert "Traceback" not in err
    complaint = err.replace("\r", "\n").strip().splitlines()[-1]  # above it: progress bars
    assert complaint.startswith("glaucam")
    assert expected in complaint


def test_a_checkpoint_of_another_version_is_refused(tmp_path, capsys, monkeypatch):
    from glaucam.training import checkpoint

    monkeypatch.setattr(checkpoint, "FORMAT", 99)
    header = {"model": "retinal_cnn", "classes": ["normal", "glaucoma"]}
    header["preprocessing"] = Preprocessing(size=32).to_dict()
    save_checkpoint(tmp_path / "later", build_model("retinal_cnn", 2), header)
    monkeypatch.undo()
    code, _, err = glaucam_says(
        capsys, "evaluate", "--model", tmp_path / "later", "--data", "phantom_disc"
    )
    assert code == 2
    assert "has format 99, this library reads 1" in err


def test_check_lists_what_is_wrong_and_exits_2(tmp_path, capsys):
    root = with_file(folder(tmp_path / "d", normal=2, glaucoma=2), "normal/x.png", b"broken")
    code, out, _ = glaucam_says(capsys, "data", "check", root, "--json")
    assert code == 2
    assert "x.png" in json.loads(out)["unreadable"][0]


def test_our_own_fault_exits_1(capsys, monkeypatch):
    def broken(args):
        raise GlaucamError("a worker failed")

    monkeypatch.setattr(cli, "data_list", broken)
    assert glaucam_says(capsys, "data", "list") == (1, "", "glaucam: a worker failed\n")


def run_python(*arguments):
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, env=environment, timeout=120
    )


def test_help_is_quick_because_it_imports_neither_torch_nor_matplotlib():
    code = (
        "import sys; from glaucam.cli import parser; parser().format_help();"
        "print([m for m in ('torch', 'matplotlib', 'numpy', 'sklearn') if m in sys.modules])"
    )
    assert run_python("-c", code).stdout == "[]\n"
    times = []
    for _ in range(3):
        before = processor_seconds_of_children()
        assert run_python("-m", "glaucam", "--help").returncode == 0
        times.append(processor_seconds_of_children() - before)
    assert min(times) < 0.3


def processor_seconds_of_children():
    """Processor time, which a busy machine does not stretch as it does the clock's."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_the_module_runs_as_the_command_does():
    done = run_python("-m", "glaucam", "data", "list", "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["data_sets"]
    assert torch.get_num_threads() >= 1
