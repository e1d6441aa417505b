"""What the embedded OCT model, which has seen drawn scans only, says of photographed ones.

    python benchmarks/oct_transfer.py [--data FOLDER] [--sheet FILE.png] [--json]

By default the scans of OCT2017 under $GLAUCAM_REAL_DATA. With so few the pictures say more than
the counts: ``--sheet`` writes, class by class, phantoms (left) beside scans (right), each with its
own class's heat under it and what the model took it for.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from glaucam import explain
from glaucam.data import ClassFolder, EyeData, OctParameters, PhantomOct
from glaucam.plots.overlay import overlay
from glaucam.training.checkpoint import Checkpoint
from glaucam.training.embedded import OCT, embedded_model

REAL = "kermany_oct2017_val"
SIDE, EACH = 200, 4  # px and pictures of a class in the sheet, phantoms and scans alike


def main(arguments: list[str] | None = None) -> None:
    options = parsed(arguments)
    checkpoint = embedded_model(embedded=OCT)
    scans = ClassFolder(options.data, classes=checkpoint.classes)
    P, _ = told(checkpoint, [scans.image(i) for i in range(len(scans))])
    if options.sheet:
        sheet(checkpoint, scans).save(options.sheet)
    counts = confusion(scans.labels, P.argmax(axis=1), len(checkpoint.classes))
    if options.json:
        print(json.dumps({"classes": checkpoint.classes, "confusion": counts.tolist()}))
    else:
        print(table(counts, checkpoint.classes))


def parsed(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, help=f"a class folder ({REAL} of the real ones)")
    parser.add_argument("--sheet", type=Path, help="write pictures beside one another to this PNG")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    options = parser.parse_args(arguments)
    root = os.environ.get("GLAUCAM_REAL_DATA")
    options.data = options.data or (Path(root) / REAL if root else None)
    if options.data is None or not options.data.is_dir():
        parser.error(f"no scans at {options.data}: give --data a class folder of OCT B-scans")
    return options


def told(checkpoint: Checkpoint, images: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities [N,classes] and heatmaps [N,classes,H,W]."""
    found = explain(checkpoint.model, checkpoint.preprocessing.batch(images))
    heat = (found.heatmaps[k].values.numpy() for k in range(len(checkpoint.classes)))
    return found.probabilities.numpy(), np.stack(list(heat), axis=1)


def confusion(labels: np.ndarray, said: np.ndarray, n: int) -> np.ndarray:
    """Counts [true, said]."""
    counts = np.zeros((n, n), int)
    np.add.at(counts, (labels, said), 1)
    return counts


def table(counts: np.ndarray, classes: tuple[str, ...]) -> str:
    lines = ["true ↓ said →" + "".join(f"{name:>9}" for name in classes)]
    lines += [
        f"{name:13}" + "".join(f"{n:9d}" for n in row)
        for name, row in zip(classes, counts, strict=True)
    ]
    return "\n".join([*lines, f"{np.trace(counts)} of {counts.sum()} right"])


def sheet(checkpoint: Checkpoint, scans: EyeData) -> Image.Image:
    """A row for each class, twice: pictures, and their heat."""
    drawn = PhantomOct(16 * EACH, 11, OctParameters(size=256))
    page = Image.new("RGB", (2 * EACH * SIDE, 2 * len(checkpoint.classes) * SIDE))
    for k in range(len(checkpoint.classes)):
        for half, data in enumerate((drawn, scans)):
            rows = np.flatnonzero(np.asarray(data.labels) == k)[:EACH]
            images = [data.image(int(i)) for i in rows]
            for column, tile in enumerate(tiles(checkpoint, images, k), half * EACH):
                page.paste(tile, (column * SIDE, 2 * k * SIDE))
    return page


def tiles(checkpoint: Checkpoint, images: list[np.ndarray], k: int) -> Iterator[Image.Image]:
    """Each as the model sees it, with what it says, over the heat of class ``k``."""
    if not images:
        return
    P, maps = told(checkpoint, images)
    for image, p, heat in zip(images, P, maps[:, k], strict=True):
        seen = checkpoint.preprocessing.frame(image)
        tile = Image.fromarray(np.concatenate([seen, overlay(seen, heat)]))
        tile = tile.resize((SIDE, 2 * SIDE))
        said = f"{checkpoint.classes[k]}: {checkpoint.classes[p.argmax()]} {p.max():.2f}"
        draw = ImageDraw.Draw(tile)
        draw.text((5, 5), said, "yellow", stroke_width=2, stroke_fill="black")
        yield tile


if __name__ == "__main__":
    sys.exit(main())
