"""A matplotlib figure in a notebook with a caption, and words for those who cannot see it."""

from __future__ import annotations

import base64
import html
import io
from dataclasses import dataclass

from matplotlib.figure import Figure


@dataclass(frozen=True)
class Captioned:
    """What a notebook shows for a figure: the picture, its alt text, its caption."""

    png: bytes
    caption: str
    alt: str

    def _repr_html_(self) -> str:
        source = "data:image/png;base64," + base64.b64encode(self.png).decode()
        return (
            f'<figure style="margin:0.5em 0;max-width:60em">'
            f'<img src="{source}" alt="{html.escape(self.alt, quote=True)}" style="max-width:100%">'
            f'<figcaption style="color:#5b6475;max-width:46em">{html.escape(self.caption)}'
            "</figcaption></figure>"
        )

    def __repr__(self) -> str:
        return f"[figure: {self.alt}] {self.caption}"


def captioned(figure: Figure, caption: str, alt: str) -> Captioned:
    """Render ``figure`` once and close it; leave the result as a cell's last line."""
    from matplotlib import pyplot

    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=110, bbox_inches="tight", facecolor="white")
    pyplot.close(figure)
    return Captioned(buffer.getvalue(), caption, alt)
