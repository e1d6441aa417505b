"""``glaucam …``: results on stdout (``--json``: one JSON object), progress on stderr.

Exit 0 done; 2 the input is wrong, one line says how; 1 our fault. Each command imports what it
needs when it runs, so that ``glaucam --help`` is quick.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from glaucam.errors import GlaucamError, InputError

DONE, OUR_FAULT, WRONG_INPUT = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    try:
        args = parser().parse_args(arguments)
        result, code = args.run(args)
        print(json.dumps(result) if args.json else in_words(result))
        sys.stdout.flush()
    except InputError as error:
        return _complain(str(error), WRONG_INPUT)
    except GlaucamError as error:
        return _complain(str(error), OUR_FAULT)
    except KeyboardInterrupt:
        return _complain("stopped; the same command goes on where it can", 130)
    except BrokenPipeError:  # `glaucam … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    return code


def _complain(message: str, code: int) -> int:
    print(f"glaucam: {' '.join(message.split())}", file=sys.stderr)
    return code


class _Parser(argparse.ArgumentParser):
    """argparse that answers a mistake with one line instead of the whole usage."""

    def error(self, message: str) -> NoReturn:
        self.exit(WRONG_INPUT, f"{self.prog}: {message}; see `{self.prog} --help`\n")


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    top = _Parser(prog="glaucam", description="See, and measure, what a retinal CNN sees.")
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    _add_data(commands.add_parser("data", help="list, make and check data sets"))
    _add_train(commands.add_parser("train", help="train a model and write a checkpoint"))
    _add_evaluate(commands.add_parser("evaluate", help="how good a checkpoint is on a data set"))
    _add_explain(commands.add_parser("explain", help="heatmaps of image files, as panels and JSON"))
    _add_errors(commands.add_parser("errors", help="every error of a checkpoint, table and boards"))
    _add_embed(commands.add_parser("embed", help="the features before the last layer, as a figure"))
    _add_score(commands.add_parser("score", help="methods and controls against metrics"))
    _add_doctor(commands.add_parser("doctor", help="what this machine has and lacks"))
    return top


def _finish(command: argparse.ArgumentParser, run: Any) -> None:
    command.add_argument("--json", action="store_true", help="machine-readable results on stdout")
    command.set_defaults(run=run)


def _add_data(command: argparse.ArgumentParser) -> None:
    actions = command.add_subparsers(required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="the data sets, or all that one's card says")
    listing.add_argument("name", nargs="?", help="a data set's name")
    _finish(listing, data_list)
    make = actions.add_parser("make", help="write phantoms as a class folder with masks")
    make.add_argument("--out", type=Path, required=True, help="a new or empty folder")
    make.add_argument("--data", default="phantom_fundus", help="which (default phantom_fundus)")
    make.add_argument("--n", type=int, default=100, help="how many (default 100)")
    make.add_argument("--seed", type=int, default=0)
    make.add_argument("--size", type=int, help="side in px (default 256; phantom_dr 512)")
    make.add_argument("--view", help="of a fundus photo: macula, disc, crop or mixed (default)")
    make.add_argument("--severity", type=float, default=1.0, help="0 to 2; 1 as in clinics")
    make.add_argument("--slices", type=int, help="B-scans of an OCT volume (19), top to bottom")
    make.add_argument("--shortcut", help="plant one in fundus photos: corner_marker, brightness, …")
    make.add_argument("--agreement", type=float, help="part of them whose label it tells (.95)")
    make.add_argument("--visits", type=int, help="2: each eye again later, by another camera")
    varied = "fundus photos as varied as clinics', to train what shall read real ones"
    make.add_argument("--wide", action="store_const", const=True, help=varied)
    _finish(make, data_make)
    check = actions.add_parser("check", help="all that is wrong with a set's files")
    check.add_argument("folder", help="a class folder, or a card's name")
    check.add_argument("--root", type=Path, help="where a card's files lie")
    check.add_argument("--splits", type=Path, help="a stored split to look for leaks in")
    _finish(check, data_check)
    fetch = actions.add_parser("fetch", help="download a set, or say how to get it")
    fetch.add_argument("name", help="a card's name (see `glaucam data list`)")
    fetch.add_argument("--root", type=Path, help="where to (default $GLAUCAM_DATA/NAME)")
    _finish(fetch, data_fetch)
    split = actions.add_parser(
        "split", help="store a split that keeps patients and copies together"
    )
    split.add_argument("data", help="a class folder, or a card's name")
    split.add_argument("--out", type=Path, help="a CSV file (default ROOT/splits.csv)")
    split.add_argument("--fractions", type=float, nargs=3, default=(0.7, 0.15, 0.15),
        metavar=("TRAIN", "VAL", "TEST"), help="of the images (default .7 .15 .15)")  # fmt: skip
    split.add_argument("--seed", type=int, default=0)
    split.add_argument("--anew", action="store_true", help="whatever the release says")
    _add_files(split)
    _finish(split, data_split)
    audit = actions.add_parser("audit", help="duplicates, and what gives the classes away")
    audit.add_argument("folder", type=Path)
    audit.add_argument("--out", type=Path, help="folder for audit.html, with pictures")
    _finish(audit, data_audit)


def _add_files(command: argparse.ArgumentParser) -> None:
    """Where and how the files of ``--data`` are read; the same for every command."""
    add = command.add_argument
    add("--root", type=Path, help="where a card's files lie (default $GLAUCAM_DATA/NAME)")
    add("--splits", type=Path, help="a split stored by `glaucam data split`")
    add("--skip-unreadable", action="store_true", help="list broken files once, go on without")


def _add_train(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add("--recipe", help="'embedded' or 'embedded_oct': how the models of the page are made")
    add("--model", default="retinal_cnn", help="a registered model (default retinal_cnn)")
    add("--data", help="a data set's name or a class folder")
    add("--n", type=int, help="how many images, for sets that are made")
    add("--epochs", type=int, default=10)
    add("--seed", type=int, default=0, help="of the weights, the order and the augmentation")
    add("--batch-size", type=int, default=32)
    add("--learning-rate", type=float, default=2e-3)
    add("--optimiser", default="adamw", help="adamw or adam")
    add("--schedule", default="cosine", help="cosine, step or constant")
    add("--size", type=int, help="input side in px (default: the model's own)")
    add("--enhance", nargs="+", default=(), metavar="STEP",
        help="before the model, in this order: circle_mask, clahe, green, ben_graham, "
        "illumination, z_score")  # fmt: skip
    add("--around-disc", type=float, metavar="DIAMETERS",
        help="of whole eyes keep so many disc diameters around the disc, such as 2.5")  # fmt: skip
    add("--no-augment", action="store_true", help="train on the images as they are")
    add("--pretrained", action="store_true", help="start from published weights (downloads)")
    add("--out", type=Path, help="folder for model.safetensors and history.json")
    _add_files(command)
    _finish(command, train)


def _add_evaluate(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add("--model", required=True, help="a checkpoint, or 'embedded'")
    add("--data", required=True, help="a data set's name or a class folder")
    add("--n", type=int, help="how many images, for sets that are made")
    add("--seed", type=int, help="of the images, for sets that are made")
    add("--split", choices=("all", "train", "val", "test"),
        help="default: test of the set it was trained on, all of any other")  # fmt: skip
    add("--fix-spec", type=float, default=0.95, help="specificity asked for (default 0.95)")
    add("--validation", help="choose the threshold on this data set, not from the checkpoint")
    add("--out", type=Path, help="folder for metrics.json, charts and their numbers")
    _add_files(command)
    _finish(command, evaluate)


def _add_explain(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add("images", nargs="+", metavar="IMAGE", help="image files")
    add("--model", default="embedded", help="a checkpoint, or 'embedded' (default)")
    add("--method", default="gradcam")
    add("--target-layer", help="dotted name (default: found by trace)")
    add("--class", dest="asked", help="the class asked for (default: the last, glaucoma)")
    add("--alpha", type=float, default=0.5, help="opacity of the heat (default 0.5)")
    add("--colormap", default="viridis")
    add("--out", type=Path, required=True, help="folder for a panel and a JSON file per image")
    _finish(command, explain)


def _add_errors(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add("--model", required=True, help="a checkpoint, or 'embedded'")
    add("--data", required=True, help="a data set's name or a class folder")
    add("--n", type=int, help="how many images, for sets that are made")
    add("--seed", type=int, help="of the images, for sets that are made")
    add("--split", choices=("all", "train", "val", "test"),
        help="default: test of the set it was trained on, all of any other")  # fmt: skip
    add("--threshold", type=float, help="p from which the answer is glaucoma (default: the "
        "checkpoint's, chosen on validation; else 0.5)")  # fmt: skip
    add("--method", default="gradcam")
    add("--target-layer", help="dotted name (default: found by trace)")
    add("--most", type=int, default=12, help="images on a board (default 12)")
    add("--colormap", default="viridis")
    add("--out", type=Path, help="folder (default results/MODEL-on-DATA)")
    _add_files(command)
    _finish(command, errors)


def _add_embed(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add("--model", required=True, help="a checkpoint, or 'embedded'")
    add("--data", required=True, help="a data set's name or a class folder")
    add("--n", type=int, help="how many images, for sets that are made")
    add("--seed", type=int, help="of the images, for sets that are made")
    add("--distance", default="cosine", help="of the k-NN probe: cosine or euclidean")
    add("--no-umap", action="store_true", help="PCA alone; UMAP takes half a minute to start")
    add("--out", type=Path, required=True, help="folder for embedding.png, its CSV, probe.json")
    _add_files(command)
    _finish(command, embed)


def _add_score(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add("--model", required=True, help="a checkpoint, or 'embedded'")
    add("--data", required=True, help="a data set's name or a class folder")
    add("--method", nargs="+", required=True, metavar="METHOD", help="as in `glaucam explain`")
    add("--metric", nargs="+", metavar="METRIC",
        help="default: energy_share lift deletion insertion")  # fmt: skip
    add("--class", nargs="+", dest="classes", metavar="CLASS", help="whose maps (default all)")
    add("--structure", nargs="+", metavar="STRUCTURE", help="which masks (default all there are)")
    add("--n", type=int, default=20, help="how many images (default 20)")
    add("--seed", type=int, help="of the images, for sets that are made")
    add("--split", choices=("all", "train", "val", "test"), help="default as in `evaluate`")
    add("--out", type=Path, help="also write scores.csv to this folder")
    _add_files(command)
    _finish(command, score)


def _add_doctor(command: argparse.ArgumentParser) -> None:
    command.add_argument("--mend", action="store_true", help="install the missing system parts")
    _finish(command, doctor)


def data_list(args: argparse.Namespace) -> tuple[Any, int]:
    from glaucam.data.commands import list_as_asked

    return list_as_asked(args), DONE


def data_make(args: argparse.Namespace) -> tuple[Any, int]:
    from tqdm import tqdm

    from glaucam.data.export import drawn, export_phantoms

    names = ("size", "severity", "view", "slices", "shortcut", "agreement", "visits", "wide")
    asked = {name: getattr(args, name) for name in names}
    parameters = drawn(args.data).parameters_of(
        {name: value for name, value in asked.items() if value is not None}
    )
    with tqdm(total=args.n, desc="phantoms", unit="eye") as bar:
        root = export_phantoms(
            args.out, args.n, args.seed, parameters, lambda *_: bar.update(), args.data
        )
    return {"folder": str(root), "data": args.data, "n": args.n, "seed": args.seed}, DONE


def data_check(args: argparse.Namespace) -> tuple[Any, int]:
    from glaucam.data.commands import check_as_asked

    report, sound = check_as_asked(args)
    return report, DONE if sound else WRONG_INPUT


def data_fetch(args: argparse.Namespace) -> tuple[Any, int]:
    from glaucam.data.commands import fetch_as_asked

    return fetch_as_asked(args), DONE


def data_split(args: argparse.Namespace) -> tuple[Any, int]:
    from glaucam.data.commands import split_as_asked

    return split_as_asked(args), DONE


def data_audit(args: argparse.Namespace) -> tuple[Any, int]:
    from glaucam.data.audit_report import audit_as_asked

    return audit_as_asked(args.folder, args.out, in_short=not args.json), DONE


def train(args: argparse.Namespace) -> tuple[Any, int]:
    from glaucam.training.commands import train_as_asked

    return train_as_asked(args), DONE


def evaluate(args: argparse.Namespace) -> tuple[Any, int]:
    from glaucam.training.commands import evaluate_as_asked

    return evaluate_as_asked(args), DONE


def explain(args: argparse.Namespace) -> tuple[Any, int]:
    from tqdm import tqdm

    from glaucam.plots.files import explain_files
    from glaucam.training.embedded import named_checkpoint

    done = explain_files(
        named_checkpoint(args.model), args.images, args.out, args.method, args.target_layer,
        args.asked, args.alpha, args.colormap,
    )  # fmt: skip
    return {"images": list(tqdm(done, total=len(args.images), unit="image"))}, DONE


def errors(args: argparse.Namespace) -> tuple[Any, int]:
    from glaucam.training.error_commands import errors_as_asked

    return errors_as_asked(args), DONE


def embed(args: argparse.Namespace) -> tuple[Any, int]:
    from glaucam.training.embedding_files import embed_as_asked

    return embed_as_asked(args), DONE


def score(args: argparse.Namespace) -> tuple[Any, int]:
    from glaucam.scoring.command import score_as_asked

    return score_as_asked(args), DONE


def doctor(args: argparse.Namespace) -> tuple[Any, int]:
    from glaucam.doctor import as_rows, as_words, examine, may_install, mend

    mended, says = mend() if args.mend else (True, None)
    findings = examine()
    result: dict[str, Any] = {"parts": as_rows(findings)} if args.json else {**as_words(findings)}
    if says:
        result["mend"] = says
    return result, DONE if mended or not may_install() else OUR_FAULT


def in_words(result: dict[str, Any], indent: str = "") -> str:
    """A result for people: one line per figure, a table where a list holds dicts."""
    lines = []
    for key, value in result.items():
        if isinstance(value, dict):
            lines += [f"{indent}{key}", in_words(value, indent + "  ")] if value else []
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            rows = [in_words(row, indent + "  ") for row in value]
            lines += [f"{indent}{key}", *(row + "\n" for row in rows)]
        elif isinstance(value, list):
            lines.append(f"{indent}{key:<28} {', '.join(map(str, value)) or '–'}")
        else:
            shown = f"{value:.4g}" if isinstance(value, float) else value
            lines.append(f"{indent}{key:<28} {'–' if shown is None else shown}")
    return "\n".join(lines)
