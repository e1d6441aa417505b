"""Miniature releases: a few tiny files laid out as a card says, named as the set's files are."""

import csv
from pathlib import Path

import numpy as np
from PIL import Image

# One file name per text that tells a class, as the releases name them; {i} differs by image.
NAMES = {
    "oct2017": "{text}-{i}00-{j}.jpeg",
    "aptos2019": "0a{i}b{j}c.png",
    "eyepacs": "{i}_{side}.jpeg",
    "messidor2": "2006052{i}_4{j}.png",
    "idrid": "IDRiD_00{i}{j}.jpg",
    "rfmid": "{i}{j}.png",
    "odir5k": "{i}_{side}.jpg",
    "airogs": "0/TRAIN00{i}{j}.jpg",
    "refuge": "{letter}00{i}{j}.jpg",
    "origa": "00{i}{j}.jpg",
    "drishti_gs1": "drishtiGS_0{i}{j}.png",
    "rim_one_dl": "r1_Im0{i}{j}.png",
    "acrima": "Im{i}{j}5{mark}_ACRIMA.jpg",
    "papila": "RET00{i}O{eye}.jpg",
    "hrf": "0{i}{j}_{text}.jpg",
    "g1020": "image_{i}{j}.jpg",
    "fives": "{i}{j}_{text}.png",
    "ddr": "007-000{i}-00{j}.jpg",
    "eyeq": "{i}_{side}.jpeg",
}


def picture(path: Path, seed: int, size=(40, 32)) -> None:
    """A picture like no other, small."""
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(seed).integers(0, 255, (8, 8, 3), np.uint8)
    Image.fromarray(noise).resize(size, Image.Resampling.BICUBIC).save(path)


def plant(card, root: Path) -> dict[str, str]:
    """Two images of each class, and of each text that is left out, in each part of the layout.

    Returns image name → class, "" for those left out.
    """
    texts = {**card.layout.values, **dict.fromkeys(card.layout.leave_out, "")}
    planted = {}
    for p, part in enumerate(card.layout.parts):
        rows = []
        for k, (text, name_of_class) in enumerate(texts.items()):
            for j in (1, 2):
                name = _place(card, part, text, k + (1 if card.name == "idrid" else 10 * p), j)
                picture(root / name, seed=1000 * p + 10 * k + j)
                planted[name] = name_of_class
                rows.append((Path(name), text))
        if part.table:
            _write_table(root / part.table, part, rows)
    return planted


def _place(card, part, text: str, i: int, j: int) -> str:
    name = NAMES[card.name].format(
        text=text, i=i, j=j, side=("left", "right")[j - 1], eye="DS"[j - 1],
        letter="g" if text == "Glaucoma" else "n", mark="_g" if text == "g" else "",
    )  # fmt: skip
    folder = part.images.rsplit("/", 1)[0]
    if card.layout.rule == "folder":
        folder = folder.removesuffix("/*") + f"/{text}"
    elif folder == "*":
        return name
    return f"{folder}/{name}"


def _write_table(path: Path, part, rows) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, delimiter=part.delimiter, lineterminator="\n")
        if not part.columns:
            table.writerow(["", part.image, part.label, "", ""])  # as exported, with empty columns
        for name, text in rows:
            key = name.name if part.columns else name.stem
            table.writerow([key, text] if part.columns else ["", key, text, "", ""])
