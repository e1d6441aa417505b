"""How far the found optic disc is from the true one, in disc diameters.

    python benchmarks/disc.py [--json] [--n N] [--seed S] [--sheet FILE.png]

Rows: phantoms of each view, and the real whole-eye photos with disc masks in the folder that
GLAUCAM_REAL_DATA names, if it is set; the last rows are crops of those, 1.5 to 3 diameters wide.
``confidence``: what it said on average of being within half a diameter, beside how often it was.
``ratio``: found diameter ÷ the true vertical one, median; ``too_small``: below .75, mostly cups.
``centre_prior``: median error of always answering the middle of the field. ``--sheet`` writes every
photo with the true disc (green) and the found one (cyan; magenta where it is wrong).
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from glaucam.data import (
    ClassFolder,
    DiscLocation,
    EyeData,
    FundusParameters,
    PhantomFundus,
    field_box,
    find_disc,
    find_field,
)

RIGHT = 0.5  # disc diameters
TOO_SMALL = 0.75  # of the true diameter
THUMB, COLUMNS = 180, 10


def main(arguments: list[str] | None = None) -> None:
    options = parsed(arguments)
    pictures: list[Image.Image] = []
    rows = [row(name, data, pictures) for name, data in sets(options.n, options.seed)]
    if options.sheet:
        sheet(pictures).save(options.sheet)
    print(json.dumps({"rows": rows}) if options.json else table(rows))


def parsed(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    parser.add_argument("--n", type=int, default=40, help="phantoms of each view (40)")
    parser.add_argument("--seed", type=int, default=3, help="of the phantoms")
    parser.add_argument("--sheet", type=Path, help="write the found discs to this PNG")
    return parser.parse_args(arguments)


def sets(n: int, seed: int) -> Iterator[tuple[str, EyeData | Cropped]]:
    for view in ("macula", "disc", "crop"):
        for name, wide in (("phantom", False), ("wide", True)):
            yield f"{name} {view}", PhantomFundus(n, seed, FundusParameters(view=view, wide=wide))
    root = os.environ.get("GLAUCAM_REAL_DATA")
    if root and (Path(root) / "drishti_gs1_train").is_dir():
        photos = ClassFolder(Path(root) / "drishti_gs1_train")
        yield photos.name, photos
        yield f"{photos.name} cropped", Cropped(photos)


class Cropped:
    """Squares around the discs of ``data``, off the middle, as if graders had cut them."""

    def __init__(self, data: EyeData) -> None:
        self.data = data

    def __len__(self) -> int:
        return len(self.data)

    def image(self, i: int) -> np.ndarray:
        return self._cut(self.data.image(i), i)

    def masks(self, i: int) -> dict[str, np.ndarray]:
        return {"disc": self._cut(self.data.masks(i)["disc"], i)}

    def _cut(self, whole: np.ndarray, i: int) -> np.ndarray:
        rng = np.random.default_rng(i)
        x, y, diameter = truth(self.data.masks(i)["disc"])
        side = int(diameter * rng.uniform(1.5, 3))
        left, top = (max(0, int(v + rng.normal(0, 0.1) * diameter - side / 2)) for v in (x, y))
        return whole[top : top + side, left : left + side]


def row(name: str, data: EyeData | Cropped, pictures: list[Image.Image]) -> dict:
    errors, ratios, said, middles, milliseconds = [], [], [], [], []
    for i in range(len(data)):
        image, mask = data.image(i), data.masks(i)["disc"]
        if not mask.any():
            continue  # a view that misses the disc
        x, y, diameter = truth(mask)
        began = time.process_time()
        found = find_disc(image)
        milliseconds.append(1000 * (time.process_time() - began))
        errors.append(float(np.hypot(found.x - x, found.y - y) / diameter))
        ratios.append(found.diameter / diameter)
        said.append(found.confidence)
        left, top, right, bottom = field_box(find_field(image))
        middles.append(float(np.hypot((left + right) / 2 - x, (top + bottom) / 2 - y) / diameter))
        pictures.append(drawn(image, mask, found, errors[-1] <= RIGHT))
    return {
        "set": name,
        "n": len(errors),
        "median_error": round(float(np.median(errors)), 3),
        "p90_error": round(float(np.quantile(errors, 0.9)), 3),
        "within_half": round(float(np.mean(np.array(errors) <= RIGHT)), 3),
        "confidence": round(float(np.mean(said)), 3),
        "centre_prior": round(float(np.median(middles)), 3),
        "ratio": round(float(np.median(ratios)), 2),
        "too_small": round(float(np.mean(np.array(ratios) < TOO_SMALL)), 3),
        "median_ms": round(float(np.median(milliseconds))),
    }


def truth(mask: np.ndarray) -> tuple[float, float, float]:
    """(x, y) of the mask's centre and its height, px."""
    rows, columns = np.nonzero(mask)
    return columns.mean() + 0.5, rows.mean() + 0.5, float(np.ptp(rows) + 1)


def drawn(image: np.ndarray, mask: np.ndarray, found: DiscLocation, right: bool) -> Image.Image:
    picture = Image.fromarray(image)
    picture.thumbnail((THUMB, THUMB))
    scale = picture.width / image.shape[1]
    draw = ImageDraw.Draw(picture)
    x, y, diameter = truth(mask)
    for (a, b, d), colour in (
        ((x, y, diameter), "lime"),
        ((found.x, found.y, found.diameter), "cyan" if right else "magenta"),
    ):
        draw.ellipse([(v + s * d / 2) * scale for s in (-1, 1) for v in (a, b)], outline=colour)
    return picture


def sheet(pictures: list[Image.Image]) -> Image.Image:
    rows = -(-len(pictures) // COLUMNS)
    page = Image.new("RGB", (COLUMNS * THUMB, rows * THUMB), (60, 60, 60))
    for i, picture in enumerate(pictures):
        page.paste(picture, (i % COLUMNS * THUMB, i // COLUMNS * THUMB))
    return page


def table(rows: list[dict]) -> str:
    head = list(rows[0])
    lines = [head, *([str(one[key]) for key in head] for one in rows)]
    widths = [max(len(line[k]) for line in lines) for k in range(len(head))]
    return "\n".join(
        "  ".join(cell.rjust(w) for cell, w in zip(line, widths, strict=True)) for line in lines
    )


if __name__ == "__main__":
    main()
