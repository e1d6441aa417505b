"""The one colour bar of a sheet: heat is a part of each map's own maximum."""

from __future__ import annotations

from matplotlib.cm import ScalarMappable
from matplotlib.figure import Figure

from glaucam.plots.overlay import named_colormap
from glaucam.plots.panel import QUIET

WIDE = 0.12  # inches


def colour_bar(figure: Figure, left: float, top: float, height: float, colormap: str) -> None:
    """A bar of ``height`` whose upper left corner is at (``left``, ``top``), all in inches."""
    width, tall = figure.get_figwidth(), figure.get_figheight()
    axes = figure.add_axes((left / width, (top - height) / tall, WIDE / width, height / tall))
    bar = figure.colorbar(
        ScalarMappable(cmap=named_colormap(colormap)), cax=axes, ticks=[0, 0.5, 1]
    )
    bar.set_label("heat, of each map's maximum", fontsize=7.5, color=QUIET)
    bar.ax.tick_params(labelsize=7.5, colors=QUIET, length=2)
    bar.outline.set_visible(False)  # type: ignore[operator]
