"""How well eyes that were only drawn teach to read eyes that were photographed.

    python benchmarks/transfer.py [--data FOLDER]… [--model CKPT] [--train N] [--epochs N] [--json]

Trains networks on phantoms alone and asks them about every class folder given, by default the two
real ones under $GLAUCAM_REAL_DATA; no real image is learned from. Whole eyes are cropped around
the disc that `find_disc` finds. The score is the mean rank of three signs, none weighed more than
another: p(glaucoma), the cup-to-disc ratio, the pallor of the cup. `vcdr_only` ranks by the
experts' outlines; `trivial` by how much brighter the middle of the crop is than its surroundings.
Intervals are bootstraps over images. Looks at real scores are kept in transfer_log.md.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from disc_crops import crop_parameters
from disc_reader import DiscReader, learn, read
from scipy.stats import rankdata
from tqdm import tqdm

from glaucam.data import ClassFolder, PhantomFundus
from glaucam.data.disc import crop_around_disc
from glaucam.data.field import find_field
from glaucam.metrics.classification import auroc
from glaucam.training.embedded import named_checkpoint
from glaucam.training.predict import predict

TRAIN, EPOCHS = 12000, 6
SIGNS = ("p_glaucoma", "vcdr", "pallor")
REAL = ("acrima", "drishti_gs1_train")
DIAMETERS = 2.5  # side of a crop from a whole eye, in disc diameters
DRAWS = 2000  # of the bootstrap
Photos = list[np.ndarray]


def main(arguments: list[str] | None = None) -> None:
    options = parsed(arguments)
    score, told = scorer(options)
    rows = {folder.name: row_of(folder, score, options.json) for folder in options.data}
    print(json.dumps(rows) if options.json else table(rows, told))


def parsed(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    add_data(parser)
    parser.add_argument("--model", help="a checkpoint to evaluate instead of training")
    parser.add_argument("--train", type=int, default=TRAIN, help=f"phantoms ({TRAIN})")
    parser.add_argument("--epochs", type=int, default=EPOCHS, help=f"passes over them ({EPOCHS})")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    options = parser.parse_args(arguments)
    options.data = folders_of(options, parser)
    return options


def add_data(parser: argparse.ArgumentParser) -> None:
    said = "a class folder, may be repeated (the real sets under $GLAUCAM_REAL_DATA)"
    parser.add_argument("--data", type=Path, action="append", help=said)


def folders_of(options: argparse.Namespace, parser: argparse.ArgumentParser) -> list[Path]:
    """The folders asked for, or the real ones; ends with a line where there are none."""
    root = os.environ.get("GLAUCAM_REAL_DATA")
    if not options.data and not root:
        parser.error("no data: give --data FOLDER, or set GLAUCAM_REAL_DATA to where they lie")
    folders = options.data or [Path(root or "") / name for name in REAL]
    for folder in folders:
        if not folder.is_dir():
            parser.error(f"no folder {folder}: give --data a class folder")
    return folders


def scorer(options: argparse.Namespace) -> tuple[Callable[[Photos], np.ndarray], str]:
    """What gives each crop its score, the higher the more glaucoma; and what to say of it."""
    if options.model:
        checkpoint = named_checkpoint(options.model)
        column = checkpoint.classes.index("glaucoma")

        def by_checkpoint(crops: Photos) -> np.ndarray:
            P = predict(checkpoint.model, checkpoint.preprocessing.batch(crops))
            return P.numpy()[:, column]

        return by_checkpoint, f"checkpoint {options.model}"
    began = time.perf_counter()
    nets = learn(options.train, options.epochs, progress=not options.json)
    seconds = time.perf_counter() - began

    def by_reader(crops: Photos) -> np.ndarray:
        return combined(read(nets, crops))

    told = f"{seconds:.0f} s to draw {options.train} phantoms and learn"
    return by_reader, told if options.json else f"{told}; {on_phantoms(nets)}"


def combined(said: dict[str, np.ndarray]) -> np.ndarray:
    """Mean rank [N] of the signs."""
    return np.mean([rankdata(said[sign]) / len(said[sign]) for sign in SIGNS], axis=0)


def on_phantoms(nets: list[DiscReader]) -> str:
    """AUROCs on phantoms that they have not seen: what recipes are chosen by."""
    data = PhantomFundus(600, 9002, crop_parameters(128))
    said = read(nets, [data.image(i) for i in range(len(data))])
    true = np.array([data.eye(i).disc.vcdr for i in range(len(data))])
    figures = {"score": combined(said), **said, "true vCDR": true}
    told = [f"{name} {ranked(data.labels, score):.3f}" for name, score in figures.items()]
    return "on 600 new phantoms: " + ", ".join(told)


def row_of(folder: Path, score: Callable[[Photos], np.ndarray], quiet: bool) -> dict:
    data = ClassFolder(folder, classes=("normal", "glaucoma"))
    bar = tqdm(range(len(data)), desc=folder.name, disable=quiet)
    crops = [crop_of(data.image(i)) for i in bar]
    y = np.asarray(data.labels)
    found = score(crops)
    low, high = interval(y, found)
    ratios = [expert_ratio(data.masks(i)) for i in range(len(data))]
    return {
        "n": len(data),
        "auroc": ranked(y, found),
        "low": low,
        "high": high,
        "vcdr_only": None if None in ratios else ranked(y, np.array(ratios)),
        "trivial": ranked(y, np.array([middle_brightness(crop) for crop in crops])),
    }


def crop_of(photo: np.ndarray) -> np.ndarray:
    """The photo itself where it is a crop, else a square around its disc."""
    corners = find_field(photo)[[0, 0, -1, -1], [0, -1, 0, -1]]
    return photo if corners.sum() >= 2 else crop_around_disc(photo, DIAMETERS)


def expert_ratio(masks: dict[str, np.ndarray]) -> float | None:
    """Height of the cup ÷ height of the disc, by the masks; None where there are none."""
    if not {"disc", "cup"} <= set(masks):
        return None
    cup, disc = (np.flatnonzero(masks[name].any(axis=1)) for name in ("cup", "disc"))
    return float(np.ptp(cup) / np.ptp(disc)) if len(cup) and len(disc) else None


def middle_brightness(crop: np.ndarray) -> float:
    """Mean green of the middle fifth of the area ÷ that of the whole."""
    h, w = crop.shape[:2]
    green = crop[..., 1].astype(float)
    return float(green[3 * h // 10 : 7 * h // 10, 3 * w // 10 : 7 * w // 10].mean() / green.mean())


def ranked(y: np.ndarray, score: np.ndarray) -> float:
    return float(auroc(y, np.c_[-score, score]) or 0.0)


def interval(y: np.ndarray, score: np.ndarray) -> tuple[float, float]:
    """95 % of the AUROCs of images drawn anew."""
    rng = np.random.default_rng(0)
    drawn = [rng.integers(0, len(y), len(y)) for _ in range(DRAWS)]
    values = [ranked(y[rows], score[rows]) for rows in drawn if len(set(y[rows])) == 2]
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)


def table(rows: dict[str, dict], told: str) -> str:
    lines = [f"{'':22s}{'n':>5s}  AUROC            vCDR by experts  trivial"]
    for name, row in rows.items():
        vcdr = "–" if row["vcdr_only"] is None else f"{row['vcdr_only']:.3f}"
        lines.append(
            f"{name:22s}{row['n']:5d}  {row['auroc']:.3f} [{row['low']:.2f}, {row['high']:.2f}]"
            f"  {vcdr:15s}  {row['trivial']:.3f}"
        )
    return "\n".join([*lines, told, f"{torch.get_num_threads()} threads"])


if __name__ == "__main__":
    sys.exit(main())
