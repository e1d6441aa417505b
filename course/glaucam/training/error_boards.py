"""The error analysis as a folder: the table, its summary, and a board per group with its rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from glaucam.plots.boards import Tile, board_figure
from glaucam.plots.overlay import DEFAULT_COLORMAP, overlay
from glaucam.plots.saved import save_json, save_picture, save_table
from glaucam.plots.summary import statement
from glaucam.training.error_table import group_summary, groups_of, predicted_maps

if TYPE_CHECKING:
    from glaucam.training.checkpoint import Checkpoint

SHOWN = 256  # px: the side of a picture on a board, whatever the network's input size
MOST = 12  # images on a board


def write_errors(
    out: str | Path,
    checkpoint: Checkpoint,
    data: Any,
    table: pd.DataFrame,
    facts: dict[str, Any],
    most: int = MOST,
    colormap: str = DEFAULT_COLORMAP,
) -> dict[str, Any]:
    """Write ``errors.csv``, ``summary.csv``, ``errors.json`` and ``boards/<board>.{png,csv}``.

    ``table``: of ``error_table`` on ``data``. ``facts`` (with ``method``) go into ``errors.json``
    with the groups' sizes and each board's picture; returns all that. Raises InputError where
    ``out`` cannot be written.
    """
    out, classes = Path(out), checkpoint.classes
    save_table(out, "errors", table)
    save_table(out, "summary", group_summary(table, classes).reset_index())
    boards = {}
    for name, rows in board_rows(table, classes).items():
        shown = rows.head(most)
        tiles = tiles_of(checkpoint, data, shown, facts["method"], colormap)
        words = name.replace("_", " ")
        title = f"{words[0].upper()}{words[1:]}: {len(rows)} of {len(table)} images"
        figure = board_figure(
            tiles, title, detail(name, shown, rows), colormap, statement(checkpoint.header)
        )
        picture = save_picture(out / "boards", name, figure, shown)
        boards[name] = {"n": len(rows), "shown": len(shown), "picture": str(picture)}
    counts = table["group"].value_counts()
    groups = {group: int(counts.get(group, 0)) for group in groups_of(classes)}
    result = {**facts, "n": len(table), "groups": groups, "boards": boards}
    save_json(out, "errors", result)
    return result


def board_rows(table: pd.DataFrame, classes: Sequence[str]) -> dict[str, pd.DataFrame]:
    """Board → its rows, those worth looking at first on top.

    The surest come first, but on the board of low confidence, where the least sure do. On that of
    high confidence the wrong answers go before the right ones.
    """
    surest = table.sort_values(["confidence", "image"], ascending=[False, True])
    boards = {
        name: surest[surest["group"] == group] for name, group in board_groups(classes).items()
    }
    high = surest[surest["band"] == "high"]
    wrong = high["true"] != high["predicted"]
    boards["high_confidence"] = pd.concat([high[wrong], high[~wrong]])
    low = table[table["band"] == "low"]
    boards["low_confidence"] = low.sort_values(["confidence", "image"])
    return boards


def board_groups(classes: Sequence[str]) -> dict[str, str]:
    """Board → the group it shows."""
    if len(classes) == 2:
        negative, positive = classes
        return {f"correct_{negative}": "TN", f"correct_{positive}": "TP",
                "false_positive": "FP", "false_negative": "FN"}  # fmt: skip
    return {group.replace(" ", "_"): group for group in groups_of(classes)}


def tiles_of(
    checkpoint: Checkpoint, data: Any, rows: pd.DataFrame, method: str, colormap: str
) -> list[Tile]:
    """The images of ``rows`` beside the heat of the class each was called."""
    if rows.empty:
        return []
    place = {name: i for i, name in enumerate(data.image_names)}
    pictures = [data.image(place[name]) for name in rows["image"]]
    preprocessing, classes = checkpoint.preprocessing, list(checkpoint.classes)
    images = preprocessing.batch(pictures)
    called = [classes.index(name) for name in rows["predicted"]]
    layer = rows["target_layer"].iloc[0]
    maps = predicted_maps(checkpoint.model, images, called, method, layer)
    larger = replace(preprocessing, size=max(SHOWN, preprocessing.size))
    tiles = []
    for (_, row), picture, (L, _, _) in zip(rows.iterrows(), pictures, maps, strict=True):
        frame = larger.frame(picture)
        coloured = overlay(frame, L, 0.5, colormap)
        wrong = row["true"] != row["predicted"]
        tiles.append(Tile(frame, coloured, row["image"], caption(row), wrong))
    return tiles


def caption(row: pd.Series) -> list[str]:
    """What was said, how surely, and where the heat of that answer lies."""
    right = row["true"] == row["predicted"]
    said = (
        f"{row['true']}, called so"
        if right
        else f"{row['true']}, WRONGLY called {row['predicted']}"
    )
    p = [f"p({name[2:]}) {row[name]:.2f}" for name in row.index if name.startswith("p_")]
    sure = f"confidence {row['confidence']:.2f} ({row['band']})"
    return [said, ", ".join([*p, sure]) if len(p) == 1 else sure, *_heat_lines(row)]


def _heat_lines(row: pd.Series) -> list[str]:
    if row["degenerate"]:
        return [f"no evidence for {row['predicted']}: no heat"]
    lifts = [
        f"{name.removesuffix('_lift')} {row[name]:.1f} × chance"
        for name in row.index
        if name.endswith("_lift") and pd.notna(row[name])
    ]
    outside = f"{100 * row['outside_field']:.0f} % of the heat outside the field"
    return [
        f"heat for {row['predicted']}: {', '.join(lifts) or 'no mask to hold it against'}",
        outside,
    ]


def detail(name: str, shown: pd.DataFrame, rows: pd.DataFrame) -> str:
    """How many of the board's images are shown, and in which order."""
    first = {"low_confidence": "least sure first",
             "high_confidence": "wrong answers first"}.get(name, "surest first")  # fmt: skip
    if rows.empty:
        return ""
    how_many = f"all {len(rows)}" if len(shown) == len(rows) else f"{len(shown)} of {len(rows)}"
    return (
        f"{how_many}, {first}; right of each pair the heat of the class that was called; "
        "a frame marks a wrong answer"
    )
