"""Cards: what a data set is, where it comes from and how its files are laid out, one YAML each.

A card is all that a data set needs: put the file into ``datasets/`` (or into a folder that
``GLAUCAM_CARDS`` names), and its name works wherever a data set is asked for.
"""

from __future__ import annotations

import os
from pathlib import Path

from glaucam.data.card import Card
from glaucam.data.card_schema import load_card
from glaucam.errors import DataError, UnknownName
from glaucam.registry import unknown


def card_folders() -> list[Path]:
    """Where cards are looked for: GLAUCAM_CARDS, then those of the kit."""
    given = [Path(part) for part in os.environ.get("GLAUCAM_CARDS", "").split(os.pathsep) if part]
    package = Path(__file__).parents[1]
    shipped = [package / "cards", package.parents[1] / "datasets"]  # a wheel's, a checkout's
    return [*given, *(folder for folder in shipped if folder.is_dir())]


def card_paths() -> dict[str, Path]:
    """Name → file of every card; the first folder wins. Phantoms, which are drawn, have others."""
    found: dict[str, Path] = {}
    for folder in card_folders():
        if not folder.is_dir():
            raise DataError(f"GLAUCAM_CARDS names {folder}, which is no folder; correct it")
        for path in sorted(folder.glob("*.yaml")):
            if not path.stem.startswith("phantom"):
                found.setdefault(path.stem, path)
    return found


def find_card(name: str) -> Card:
    """The card of that name. Raises UnknownName, or DataError where the file is not sound."""
    paths = card_paths()
    if name not in paths:
        raise UnknownName(unknown("card", name, list(paths)))
    return load_card(paths[name])
