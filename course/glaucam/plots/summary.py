"""An explanation of one image in plain values and in words: what JSON, page and panel all say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from glaucam.errors import UnknownName
from glaucam.registry import unknown

if TYPE_CHECKING:
    from glaucam.explanation import Explanation, Heatmap

CONTRAST = "contrast"


def summary(
    explanation: Explanation, index: int = 0, asked: str | int | None = None
) -> dict[str, Any]:
    """What the model says of image ``index`` of the batch, as JSON values.

    ``probabilities`` by class; ``class_asked`` (by default the last class, glaucoma);
    ``target_layer``; ``method``; ``raw_scales`` and ``degenerate`` by map (classes and contrast);
    ``contrast_of``: the two classes subtracted, (for, against).
    """
    maps = named_maps(explanation)
    return {
        "probabilities": {
            name: round(float(p), 6)
            for name, p in zip(
                explanation.classes, explanation.probabilities[index].tolist(), strict=True
            )
        },
        "class_asked": asked_class(explanation, asked),
        "target_layer": explanation.target_layer,
        "method": explanation.method,
        "raw_scales": {name: float(h.scale[index]) for name, h in maps.items()},
        "degenerate": {name: bool(h.is_degenerate[index]) for name, h in maps.items()},
        "contrast_of": list(explanation.contrast_of or ()),
    }


def named_maps(explanation: Explanation) -> dict[str, Heatmap]:
    """The explained classes in order, then the contrast where there is one."""
    maps = dict(explanation.heatmaps.items())
    if explanation.contrast is not None:
        maps[CONTRAST] = explanation.contrast
    return maps


def asked_class(explanation: Explanation, asked: str | int | None) -> str:
    """The name of the class asked for; the last explained one (glaucoma) when nothing is asked."""
    explained = list(explanation.heatmaps)
    if asked is None:
        return explained[-1]
    names = explanation.classes
    name = names[asked] if isinstance(asked, int) and asked in range(len(names)) else asked
    if name not in explained:
        raise UnknownName(unknown("explained class", asked, explained))
    return name


def contrast_in_words(pair: Sequence[str] | None) -> str:
    """ "contrast: glaucoma − normal"."""
    return f"contrast: {' − '.join(pair)}" if pair else "contrast"


def verdict(probabilities: Mapping[str, float], asked: str) -> str:
    """ "the model says 71 % glaucoma", never 0 or 100 %: a softmax is not certainty."""
    percent = 100 * probabilities[asked]
    shown = "under 1" if percent < 1 else "over 99" if percent > 99 else f"{percent:.0f}"
    return f"The model says {shown} % {asked}"


def heat_in_words(structure: str, times: float | None, estimated: bool = False) -> str:
    """Lift in words a visitor understands; an ``estimated`` structure is told as such."""
    structure = f"estimated {structure}" if estimated else structure
    if times is None:
        return f"there is no heat to compare with the {structure}"
    if times < 0.05:
        return f"there is no heat on the {structure}"
    return f"the heat sits on the {structure} {times:.1f} times as much as chance would put there"


def statement(header: Mapping[str, Any] | None = None) -> str:
    """What every exported heatmap says: what this is not, and what the model has seen."""
    return f"{caveat(header)} A heatmap shows what moved the model's answer, not where disease is."


def caveat(header: Mapping[str, Any] | None = None) -> str:
    """What every exported chart says."""
    seen = (header or {}).get("seen") or "eyes this picture does not tell of"
    return f"Not a diagnosis. This model has seen {seen}."
