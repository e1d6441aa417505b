"""Pictures: heat over an image, and everything a heatmap must be read beside. No pyplot state."""

from glaucam.plots.overlay import COLORMAPS, DEFAULT_COLORMAP, overlay
from glaucam.plots.panel import panel, panel_figure
from glaucam.plots.summary import statement, summary

__all__ = [
    "COLORMAPS",
    "DEFAULT_COLORMAP",
    "overlay",
    "panel",
    "panel_figure",
    "statement",
    "summary",
]
