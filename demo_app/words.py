"""What the page says, as HTML. Everything that comes from outside is escaped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from demo_app.compare import Comparison, colour_stops
from glaucam.plots import statement
from glaucam.plots.summary import CONTRAST, contrast_in_words, verdict
from glaucam.registry import METHODS

EMPTY = (
    '<p class="quiet">Drop in an image or pick an example. You will see it beside the heat for '
    "each class, and the contrast of two.</p>"
)
FAILED = (
    '<p class="refused" role="alert">The comparison failed, through no fault of yours. '
    "Try again or try another photo; the server's log says why.</p>"
)


def title(name: str, contrast: Sequence[str] = ()) -> str:
    """The caption of a picture; classes that are abbreviations stay as they are."""
    if name == CONTRAST:
        return "C" + contrast_in_words(contrast)[1:]
    return name if name.isupper() else name.capitalize()


def alt_text(name: str, facts: Mapping[str, Any] | None = None) -> str:
    """What a picture shows, for who cannot see it."""
    if name == "original":
        return "The eye as the model sees it."
    pair = facts["contrast_of"] if facts else ()
    text = f"The same eye with the heat for {name}."
    if name == CONTRAST:
        told = (
            f"for {pair[0]} and against {pair[1]}" if pair else "for one class and against another"
        )
        text = f"The same eye with what speaks {told}."
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
    chances = odds(facts["probabilities"], facts["class_asked"])
    return (
        f'<div><p class="verdict">{escape(first)}</p>{chances}'
        f"<p>{escape(' '.join(others))}</p><p class='quiet'>{escape(asked)}</p></div>"
    )


def odds(probabilities: dict[str, float], asked: str) -> str:
    """The classes' probabilities as one divided line; the asked one stands out."""
    parts = "".join(
        f'<span class="{"asked" if name == asked else "other"}" style="flex-grow:{p:.4f}"></span>'
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
