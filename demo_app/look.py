"""The page's look: one neutral ground, one accent, the reader's own system fonts."""

from __future__ import annotations

from pathlib import Path

import gradio as gr

from demo_app.eyes import EXAMPLES, THUMBNAIL_SIDE, thumbnail
from glaucam.plots.panel import ACCENT

_SANS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif")
_MONO = ("ui-monospace", "SFMono-Regular", "Consolas", "monospace")
_ACCENT_DARK = "#5cc0c6"  # the same hue, light enough on a dark ground


def theme() -> gr.themes.Base:
    """Flat, thin borders, nothing fetched from elsewhere."""
    base = gr.themes.Base(
        primary_hue="teal", neutral_hue="zinc", font=list(_SANS), font_mono=list(_MONO)
    )
    return base.set(
        color_accent=ACCENT,
        button_primary_background_fill=ACCENT,
        button_primary_background_fill_dark=ACCENT,
        button_primary_background_fill_hover="#095a60",
        button_primary_background_fill_hover_dark="#0d8088",
        button_primary_text_color="white",
        block_border_width="1px",
        block_shadow="none",
        block_radius="6px",
        slider_color=ACCENT,
        body_text_color_subdued="*neutral_600",  # 4.5 : 1 on the ground, light and dark
        body_text_color_subdued_dark="*neutral_400",
        block_label_text_color_dark="*neutral_200",
        block_title_text_color="*neutral_700",
    )


def css() -> str:
    """The style sheet with its two colours and the examples' thumbnails filled in."""
    sheet = Path(__file__).with_name("page.css").read_text(encoding="utf-8")
    root = (
        f":root {{ --mark: {ACCENT}; }}\n#examples {{ --thumbnail: {THUMBNAIL_SIDE}px; }}\n"
        f".dark {{ --mark: {_ACCENT_DARK}; --color-accent: {_ACCENT_DARK}; }}\n"
    )
    thumbnails = "".join(
        f'#examples input[value="{name}"] + span::before '
        f"{{ background-image: url({thumbnail(name)}); }}\n"
        for name in EXAMPLES
    )
    return root + sheet + thumbnails
