"""What ``glaucam score`` does with what it was asked."""

from __future__ import annotations

import csv
import io
import sys
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from glaucam.data.atomic import write_atomically
from glaucam.data.commands import opened
from glaucam.errors import DataError, InputError
from glaucam.registry import METHODS, METRICS
from glaucam.scoring.eyes import ScoredEyes, chosen, keep_structures, load_eyes
from glaucam.scoring.maps import targets
from glaucam.scoring.table import COLUMNS, Row, score_table
from glaucam.training.embedded import named_checkpoint
from glaucam.training.evaluate import part_to_judge

DEFAULT_METRICS = ("energy_share", "lift", "deletion", "insertion")
FILE = "scores.csv"


def score_as_asked(args: Namespace) -> dict[str, Any]:
    """The rows, and what they were made on; with ``--out`` also as ``scores.csv``."""
    for name in args.method:
        METHODS[name]  # refuse a name before any image is read
    metrics = [METRICS[name].name for name in args.metric or DEFAULT_METRICS]
    checkpoint = named_checkpoint(args.model)
    asked = targets(checkpoint.classes, args.classes)
    data = opened(args, seed=args.seed, classes=checkpoint.classes, complete=False)
    split, indices = part_to_judge(checkpoint.header, data, args.split)
    needs_mask = any(METRICS[name].needs_mask for name in metrics)
    picked = chosen(data.labels, indices, args.n)
    eyes = load_eyes(data, checkpoint.preprocessing, picked, needs_mask)
    if needs_mask:
        eyes = keep_structures(eyes, args.structure)
        metrics = scorable(metrics, eyes, data.name, demanded=args.metric is not None)
    rows = list(
        score_table(
            checkpoint.model, eyes, checkpoint.classes, list(dict.fromkeys(args.method)),
            list(dict.fromkeys(metrics)), asked,
        )
    )  # fmt: skip
    if args.out:
        write_rows(args.out / FILE, rows)
    shown: Any = [row.to_dict() for row in rows] if args.json else "\n" + in_columns(rows)
    return {"data": data.name, "split": split, "n": len(eyes), "rows": shown}


def scorable(metrics: Sequence[str], eyes: ScoredEyes, name: str, demanded: bool) -> list[str]:
    """The metrics that these eyes have the truth for; DataError where one was asked for by name."""
    if eyes.masks:
        return list(metrics)
    without = [metric for metric in metrics if not METRICS[metric].needs_mask]
    left_out = ", ".join(metric for metric in metrics if metric not in without)
    if demanded:
        raise DataError(
            f"{name}: no masks, which {left_out} need; put them in masks/<structure>/<image>.png, "
            "or ask for metrics without (--metric deletion insertion)"
        )
    print(f"{name}: no masks, so without {left_out}", file=sys.stderr)
    return without


def write_rows(path: Path, rows: Sequence[Row]) -> None:
    """The rows as CSV; an empty field stands for None."""
    text = io.StringIO()
    table = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    table.writeheader()
    table.writerows(row.to_dict() for row in rows)
    try:
        write_atomically(path, text.getvalue().encode())
    except OSError as error:
        raise InputError(
            f"cannot write to {path.parent} ({error.strerror}): choose another --out folder"
        ) from error


def in_columns(rows: Sequence[Row]) -> str:
    """The rows for people, one line each, in aligned columns."""
    lines = [COLUMNS, *([_cell(value) for value in row.to_dict().values()] for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(COLUMNS))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    return f"{value:.3g}" if isinstance(value, float) else str(value)
