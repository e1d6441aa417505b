"""`glaucam data fetch NAME`: downloads where a card allows it, else says the steps."""

from __future__ import annotations

import os
import shutil
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from glaucam.data.card import Card
from glaucam.data.card_data import data_home
from glaucam.data.download import download
from glaucam.data.medmnist_data import medmnist_package, npz_name
from glaucam.errors import DataError, InputError


def fetch(
    card: Card,
    root: str | os.PathLike[str] | None = None,
    progress: Callable[[int, int | None], Any] | None = None,
) -> dict[str, Any]:
    """What was done, and where: ``name, folder, downloaded`` (paths), ``steps`` by hand.

    A card without files to download is not an error: its steps say how a person gets the set.
    Raises DataError, which names the steps too, where a download fails.
    """
    folder = Path(root) if root else data_home() / card.name
    files = _files(card)
    told = {"name": card.name, "source": card.source, "folder": str(folder),
            "licence": card.licence, "terms": card.terms}  # fmt: skip
    steps = [step.replace(f"GLAUCAM_DATA/{card.name}", str(folder)) for step in card.steps]
    if not files:
        return {**told, "downloaded": [], "steps": steps}
    try:
        done = [str(_get(file, folder, progress)) for file in files]
    except DataError as error:
        raise DataError(f"{error} (or by hand: {' '.join(steps)})") from error
    return {**told, "downloaded": done, "steps": []}


def _files(card: Card) -> list[Mapping[str, Any]]:
    if card.layout.rule != "medmnist":
        return list(card.files)
    suffix = "" if card.layout.size == 28 else f"_{card.layout.size}"
    said = medmnist_package().INFO[card.layout.flag]
    return [{"url": said[f"url{suffix}"], "name": npz_name(card),
             "hash": f"md5:{said[f'MD5{suffix}']}"}]  # fmt: skip


def _get(
    file: Mapping[str, Any], folder: Path, progress: Callable[[int, int | None], Any] | None
) -> Path:
    target = folder / file["name"]
    if not target.resolve().is_relative_to(folder.resolve()):
        raise InputError(f"the card's file {file['name']!r} leaves the folder; correct the card")
    path = download(file["url"], target, file.get("hash"), progress)
    if file.get("unpack"):
        unpack(path, folder / str(file["unpack"]))
    return path


def unpack(archive: Path, folder: Path) -> Path:
    """Unpack a zip or tar file to ``folder``, which appears when all of it is there."""
    if folder.is_dir() and any(folder.iterdir()):
        return folder
    beside = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=archive.parent))
    try:
        if zipfile.is_zipfile(archive):
            with zipfile.ZipFile(archive) as packed:
                packed.extractall(beside)  # takes `..` and leading slashes out of names
        else:
            with tarfile.open(archive) as tar:
                tar.extractall(beside, filter="data")
        folder.parent.mkdir(parents=True, exist_ok=True)
        if folder.is_dir():
            folder.rmdir()
        os.chmod(beside, 0o755)
        os.replace(beside, folder)
    except (OSError, zipfile.BadZipFile, tarfile.TarError, NotImplementedError) as error:
        raise DataError(
            f"{archive}: cannot be unpacked ({' '.join(str(error).split())[:120]}); unpack it by "
            f"hand into {folder}"
        ) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return folder
