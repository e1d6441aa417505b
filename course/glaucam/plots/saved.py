"""Each picture beside the numbers it was drawn from: NAME.png and NAME.csv."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from glaucam.data.atomic import write_atomically
from glaucam.errors import InputError
from glaucam.plots.panel import to_image, to_png


def save_picture(out: str | Path, name: str, figure: Figure, table: pd.DataFrame) -> Path:
    """Write ``out/name.png`` and ``out/name.csv``; returns the picture's path."""
    save_table(out, name, table)
    path = Path(out) / f"{name}.png"
    _write(path, to_png(to_image(figure)))
    return path


def save_table(out: str | Path, name: str, table: pd.DataFrame) -> Path:
    """Write ``out/name.csv``, numbers to six digits; returns its path."""
    path = Path(out) / f"{name}.csv"
    _write(path, table.to_csv(index=False, float_format="%.6g").encode())
    return path


def save_json(out: str | Path, name: str, values: Any) -> Path:
    """Write ``out/name.json``; returns its path."""
    path = Path(out) / f"{name}.json"
    _write(path, (json.dumps(values, indent=1) + "\n").encode())
    return path


def _write(path: Path, content: bytes) -> None:
    try:
        write_atomically(path, content)
    except OSError as error:
        raise InputError(
            f"cannot write to {path.parent} ({error.strerror}): choose another --out folder"
        ) from error
