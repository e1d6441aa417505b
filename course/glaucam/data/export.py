"""Phantoms as files: a class folder with masks, patients, a table of truths and a gallery."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from glaucam.data.layout import MASK_NAMES
from glaucam.data.phantoms import FundusParameters, OctParameters, Phantom, PhantomData
from glaucam.errors import DataError
from glaucam.registry import DATASETS

_GALLERY = (8, 4)  # columns × rows at most
_THUMBNAIL = 160  # px


def export_phantoms(
    root: str | os.PathLike[str],
    n: int,
    seed: int = 0,
    parameters: FundusParameters | OctParameters | None = None,
    progress: Callable[[int, int], Any] | None = None,
    name: str = "phantom_fundus",
) -> Path:
    """Write ``n`` phantoms of ``seed`` of the registered set ``name`` under ``root``; return it.

    The folder follows the class-folder contract; ``table.csv`` has a row of attributes per image,
    ``gallery.png`` shows the first ones. ``root`` must be new or empty. ``progress(done, n)`` is
    called after each image.
    """
    root, data = Path(root), drawn(name)(n, seed, parameters)
    structures = [structure for structure in data.structures if structure in MASK_NAMES]
    _make_root(root, (*data.classes, *(f"masks/{structure}" for structure in structures)))
    rows, gallery = [], []
    for i in range(n):
        phantom = data[i]
        image = _write(root, data.image_name(i), data.classes[phantom.label], phantom)
        rows.append({"image": image, **phantom.attributes})
        if i < _GALLERY[0] * _GALLERY[1]:
            gallery.append(_thumbnail(phantom.image))
        if progress:
            progress(i + 1, n)
    _write_table(root / "table.csv", rows, list(rows[0]))
    _write_table(root / "patients.csv", rows, ["image", "patient"])
    _tile(gallery).save(root / "gallery.png")
    return root


def drawn(name: str) -> Any:
    """The registered phantoms of that name; DataError for a set of photographs."""
    entry = DATASETS[name]
    if not (isinstance(entry, type) and issubclass(entry, PhantomData)):
        raise DataError(
            f"{name} is a set of photographs: `glaucam data fetch {name}` gets it, only phantoms "
            "are made"
        )
    return entry


def _make_root(root: Path, folders: Iterable[str]) -> None:
    try:
        if root.exists() and any(root.iterdir()):
            raise DataError(f"{root}: not empty; give a new folder, or empty this one")
        for name in folders:
            (root / name).mkdir(parents=True)
    except OSError as error:
        raise DataError(
            f"{root}: cannot be written ({error.strerror}); give another folder"
        ) from error


def _write(root: Path, stem: str, folder: str, phantom: Phantom) -> str:
    """The picture, and the masks that the contract has a place for (a rim is disc without cup).

    A fundus photo without lesions has no mask of them.
    """
    name, pixels = f"{folder}/{stem}.png", phantom.image
    if (pixels == pixels[..., :1]).all():  # a scan has no colour to keep
        pixels = pixels[..., 0]
    Image.fromarray(pixels).save(root / name)
    for structure in MASK_NAMES:
        if structure not in phantom.masks:
            continue
        mask = Image.fromarray(phantom.masks[structure])  # one bit per pixel
        (root / "masks" / structure).mkdir(exist_ok=True)
        mask.save(root / "masks" / structure / f"{stem}.png")
    return name


def _write_table(path: Path, rows: list[dict[str, Any]], columns: list[str]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, columns, extrasaction="ignore", lineterminator="\n")
        table.writeheader()
        table.writerows(rows)


def _thumbnail(image: np.ndarray) -> Image.Image:
    return Image.fromarray(image).resize((_THUMBNAIL, _THUMBNAIL), Image.Resampling.LANCZOS)


def _tile(pictures: list[Image.Image]) -> Image.Image:
    columns = min(_GALLERY[0], len(pictures))
    rows = -(-len(pictures) // columns)
    sheet = Image.new("RGB", (columns * _THUMBNAIL, rows * _THUMBNAIL))
    for i, picture in enumerate(pictures):
        sheet.paste(picture, (i % columns * _THUMBNAIL, i // columns * _THUMBNAIL))
    return sheet
