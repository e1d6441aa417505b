"""What the page says, as HTML. Everything that comes from outside is escaped."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from demo_app.compare import Comparison, colour_stops
from glaucam.plots import statement
from glaucam.plots.summary import verdict
from glaucam.registry import METHODS

EMPTY = (
    '<p class="quiet">Drop in a fundus photo or pick an example. You will see the eye, the heat '
    "for normal, the heat for glaucoma, and the contrast of the two.</p>"
)
FAILED = (
    '<p class="refused" role="alert">The comparison failed, through no fault of yours. '
    "Try again or try another photo; the server's log says why.</p>"
)
_TITLES = {"original": "Original", "contrast": "Contrast: glaucoma − normal"}
_ALT = {
    "original": "The eye as the model sees it.",
    "contrast": "The same eye with what speaks for glaucoma and against normal.",
}


def title(name: str) -> str:
    return _TITLES.get(name, name.capitalize())


def alt_text(name: str, facts: dict[str, Any] | None = None) -> str:
    """What a picture shows, for who cannot see it."""
    text = _ALT.get(name, f"The same eye with the heat for {name}.")
    empty = facts is not None and facts["degenerate"].get(name)
    return text + (" The map is empty." if empty else "")


def caveat(header: Mapping[str, Any]) -> str:
    """What this is not, and what this model has seen."""
    return f"<p>{escape(statement(header))}</p>"


def refusal(message: str) -> str:
    return f'<p class="refused" role="alert">{escape(message[:1].upper() + message[1:])}</p>'


def answer(comparison: Comparison) -> str:
    """The model's answer first, then what is known, the odds, and what was asked."""
    facts = comparison.summary
    first, *others = comparison.sentences
    asked = (
        f"Class asked: {facts['class_asked']}. Target layer: {facts['target_layer']}. "
        f"Method: {METHODS[facts['method']].title}."
    )
    return (
        f'<div><p class="verdict">{escape(first)}</p>{odds(facts["probabilities"])}'
        f"<p>{escape(' '.join(others))}</p><p class='quiet'>{escape(asked)}</p></div>"
    )


def odds(probabilities: dict[str, float]) -> str:
    """The classes' probabilities as one divided line."""
    parts = "".join(
        f'<span class="{escape(name)}" style="flex-grow:{p:.4f}"></span>'
        for name, p in probabilities.items()
    )
    told = "; ".join(verdict(probabilities, name) for name in probabilities)
    names = "".join(
        f"<span>{escape(verdict(probabilities, name).removeprefix('The model says '))}</span>"
        for name in probabilities
    )
    return (
        f'<div class="odds"><div class="line" role="img" aria-label="{escape(told)}">{parts}</div>'
        f'<div class="ends" aria-hidden="true">{names}</div></div>'
    )


def colour_bar(colormap: str) -> str:
    """The colours of all maps, from none to each map's strongest heat."""
    stops = ", ".join(colour_stops(colormap))
    return (
        '<div class="colours"><span>no heat</span>'
        f'<span class="ramp" role="img" aria-label="Colour bar, {escape(colormap)}" '
        f'style="background:linear-gradient(to right, {stops})"></span>'
        "<span>strongest in its own map</span></div>"
    )
