"""What the *Errors* tab says, as HTML: a board as figures, each pair with its numbers."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from glaucam.plots.boards import Tile

NOBODY = '<p class="quiet">No image here: choose another group or confidence.</p>'


def board(tiles: Sequence[Tile]) -> str:
    """The tiles as a list of figures; a wrong answer is framed, and its caption says so."""
    if not tiles:
        return NOBODY
    return f'<ul class="board">{"".join(map(_figure, tiles))}</ul>'


def _figure(tile: Tile) -> str:
    frame = ' class="wrong"' if tile.is_wrong else ""
    lines = "".join(f"<span>{escape(line)}</span>" for line in tile.lines)
    eye = _picture(tile.image, f"The eye {tile.name}")
    heat = _picture(tile.coloured, "The same eye with the heat of the class it was called")
    return (
        f"<li><figure{frame}><div>{eye}{heat}</div>"
        f"<figcaption><b>{escape(tile.name)}</b>{lines}</figcaption></figure></li>"
    )


def _picture(pixels: np.ndarray, alt: str) -> str:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, format="JPEG", quality=85)
    data = base64.b64encode(buffer.getvalue()).decode()
    return f'<img alt="{escape(alt, quote=True)}" src="data:image/jpeg;base64,{data}">'
