"""What the *Errors* tab does, without Gradio: a model and a data set in, table and boards out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from demo_app.compare import ONE_AT_A_TIME
from demo_app.shelf import Shelf
from glaucam.data import EyeData, open_data
from glaucam.errors import InputError, UnknownName
from glaucam.plots import DEFAULT_COLORMAP
from glaucam.registry import unknown

if TYPE_CHECKING:
    import pandas as pd

    from glaucam.plots.boards import Tile
    from glaucam.training.checkpoint import Checkpoint

PHANTOMS = "phantoms nobody has seen"
SEED, N = 4242, 60  # of those phantoms
MOST = 12  # pictures on a board
MOST_IMAGES = 400  # of a folder: more would keep a visitor waiting for minutes
EVERY = "any"
BANDS = (EVERY, "high", "middle", "low")
METHOD = "gradcam"
COLUMNS = ("image", "true", "predicted", "confidence", "band", "group")


@dataclass(frozen=True)
class Analysis:
    """The error table of one model on one data set."""

    checkpoint: Checkpoint
    data: EyeData
    table: pd.DataFrame

    def boards(self) -> list[str]:
        from glaucam.training.error_boards import board_rows

        return list(board_rows(self.table, self.checkpoint.classes))

    def rows(self, board: str, band: str = EVERY) -> pd.DataFrame:
        """The rows of a board, those worth looking at first on top, of one confidence band."""
        from glaucam.training.error_boards import board_rows

        boards = board_rows(self.table, self.checkpoint.classes)
        if board not in boards:
            raise UnknownName(unknown("group", board, list(boards)))
        if band not in BANDS:
            raise UnknownName(unknown("confidence", band, list(BANDS)))
        rows = boards[board]
        return rows if band == EVERY else rows[rows["band"] == band]

    def tiles(self, rows: pd.DataFrame, colormap: str = DEFAULT_COLORMAP) -> list[Tile]:
        """Each eye, its heat for the class it was called, and its numbers in words."""
        from glaucam.training.error_boards import tiles_of

        with ONE_AT_A_TIME:
            return tiles_of(self.checkpoint, self.data, rows.head(MOST), METHOD, colormap)


class Analyses:
    """Analyses by model and data set, each made when first asked for and then kept."""

    def __init__(self, shelf: Shelf, folder: str | Path | None = None) -> None:
        self.shelf, self._folder = shelf, folder
        self._made: dict[tuple[str, str], Analysis] = {}
        if folder is not None:
            self._data(self.fitting()[0], self.sources()[0])  # a folder that fits no model: now

    def sources(self) -> list[str]:
        """The data sets there are; a folder given at start comes first."""
        return [*([] if self._folder is None else [Path(self._folder).name]), PHANTOMS]

    def fitting(self) -> list[str]:
        """The models that can read the folder; all where there is none. Raises DataError."""
        if self._folder is None:
            return list(self.shelf)
        fitting, refused = [], None
        for label, checkpoint in self.shelf.items():
            try:
                open_data(self._folder, classes=checkpoint.classes, complete=False)
                fitting.append(label)
            except InputError as error:
                refused = refused or error
        if not fitting and refused is not None:
            raise refused
        return fitting

    def get(self, model: str, source: str) -> Analysis:
        """Raises InputError for a name that is not there, or a folder of other classes."""
        if model not in self.shelf:
            raise UnknownName(unknown("model", model, list(self.shelf)))
        if source not in self.sources():
            raise UnknownName(unknown("data set", source, self.sources()))
        if (model, source) not in self._made:
            try:
                self._made[model, source] = self._analyse(model, source)
            except InputError as error:  # speaks of a place on the server; visitors read its name
                raise InputError(str(error).replace(str(self._folder), source)) from error
        return self._made[model, source]

    def _analyse(self, model: str, source: str) -> Analysis:
        from glaucam.training.error_table import error_table

        checkpoint, data = self.shelf[model], self._data(model, source)
        if len(data) > MOST_IMAGES:
            data = data.part(np.linspace(0, len(data) - 1, MOST_IMAGES).astype(int))
        with ONE_AT_A_TIME:
            table = error_table(
                checkpoint.model, data, checkpoint.preprocessing, checkpoint.threshold,
                checkpoint.classes, METHOD, progress=False,
            )  # fmt: skip
        return Analysis(checkpoint, data, table)

    def _data(self, model: str, source: str) -> EyeData:
        from glaucam.training.embedded import EMBEDDED

        classes = self.shelf[model].classes
        if source != PHANTOMS and self._folder is not None:
            return open_data(self._folder, classes=classes, complete=False)
        return next(
            one.phantoms(N, SEED) for one in EMBEDDED.values() if one.data.classes == classes
        )


def shown_columns(columns: Sequence[str]) -> list[str]:
    """Those a reader needs beside the pictures: the answer, and where the heat lies."""
    lifts = [name for name in columns if name.endswith("_lift")]
    return [*(name for name in COLUMNS if name in columns), *lifts]


def count_in_words(board: str, rows: Any, table: Any) -> str:
    """ "False negative: 3 of 60 images, the surest first."""
    name = board.replace("_", " ")
    shown = f", {MOST} of them shown" if len(rows) > MOST else ""
    name = name if name[:2].isupper() else name.capitalize()
    return f"{name}: {len(rows)} of {len(table)} images{shown}."
