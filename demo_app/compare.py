"""What the *Compare* tab does, without Gradio: an eye and a model in, pictures and words out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from demo_app.eyes import ESTIMATED, Eye
from glaucam.data.gate import FUNDUS, NEITHER, SCAN, Gate, judge_image
from glaucam.metrics import energy_share, lift
from glaucam.plots import DEFAULT_COLORMAP, overlay, panel, statement, summary
from glaucam.plots.summary import CONTRAST, heat_in_words, named_maps, verdict
from glaucam.scoring.estimated import heat_on_estimated_disc

if TYPE_CHECKING:
    from glaucam.explanation import Explanation
    from glaucam.training.checkpoint import Checkpoint

PICTURE_SIDE = 512  # px of each picture shown; the model sees its own, smaller frame
AUTOMATIC = "automatic"
WHOLE_VIEW = (
    "This is a whole view of the eye, the model has seen disc crops only, and no disc was found "
    "for sure: crop the photo to the disc and its surroundings before you read anything into this."
)
CUT_DOWN = (
    "This is a whole view of the eye and the model has seen disc crops only: "
    "it was shown the part around the disc, found by the computer, and so are you."
)
NO_EYE = (
    "This looks like neither a fundus photo nor an OCT scan ({reason}): "
    "the model answers whatever it is shown, so this answer means nothing."
)
IS_SCAN = (
    "This looks like an OCT scan, and the model has seen fundus photos only: choose OCT scan above."
)
IS_FUNDUS = (
    "This looks like a fundus photo, and the model has seen OCT scans only: "
    "choose fundus photo above."
)
POOR = "This picture is too poor to say much about ({reason}): take another if you can."
ONE_AT_A_TIME = Lock()  # an explanation hangs a hook on the model, which threads share


@dataclass(frozen=True)
class Settings:
    """What a visitor can choose; the defaults are what nobody needs to touch."""

    method: str = "gradcam"
    layer: str = AUTOMATIC
    asked: str = AUTOMATIC
    contrast_for: str = AUTOMATIC
    contrast_against: str = AUTOMATIC
    opacity: float = 0.5
    colormap: str = DEFAULT_COLORMAP


@dataclass(frozen=True)
class Comparison:
    """``pictures`` by name, in the order shown: original, each class, contrast; uint8."""

    pictures: dict[str, np.ndarray]
    panel: Image.Image
    summary: dict[str, Any]
    sentences: tuple[str, ...]


def picture_names(classes: Sequence[str]) -> tuple[str, ...]:
    """What is shown, in the order everywhere."""
    return ("original", *classes, CONTRAST)


def compare(eye: Eye, checkpoint: Checkpoint, settings: Settings = Settings()) -> Comparison:
    """Explain every class and the contrast of two for one eye.

    Raises InputError for anything a visitor can get wrong.
    """
    gate = judge_image(eye.image)
    eye, unlike = as_in_training(eye, checkpoint, gate)
    shown = replace(checkpoint.preprocessing, size=PICTURE_SIDE).frame(eye.image)
    asked, explanation = _explain(eye, checkpoint, settings)
    facts = summary(explanation, 0, asked)
    facts["gate"] = gate.to_dict()
    facts["heat_on"] = structure_heat(eye, explanation, checkpoint, asked, gate)
    facts["cut_to_disc"] = unlike == CUT_DOWN
    facts["unlike_training"] = bool(unlike) and not facts["cut_to_disc"]
    facts["statement"] = statement(checkpoint.header)
    return Comparison(
        pictures=pictures(shown, explanation, settings),
        panel=panel(
            shown,
            explanation,
            asked=asked,
            alpha=settings.opacity,
            colormap=settings.colormap,
            note=facts["statement"],
        ),
        summary=facts,
        sentences=sentences(eye, facts, unlike),
    )


def _explain(eye: Eye, checkpoint: Checkpoint, settings: Settings) -> tuple[str, Explanation]:
    """The class asked, and the explanation of all classes with the contrast wanted."""
    from glaucam import explain
    from glaucam.training.predict import predict

    layer = None if settings.layer == AUTOMATIC else settings.layer
    images = checkpoint.preprocessing(eye.image)[None]  # [1,3,S,S]
    with ONE_AT_A_TIME:
        P = predict(checkpoint.model, images)[0].tolist()
        asked, *pair = chosen_classes(settings, dict(zip(checkpoint.classes, P, strict=True)))
        told = explain(
            checkpoint.model, images, method=settings.method, target_layer=layer,
            contrast=(pair[0], pair[1]),
        )  # fmt: skip
    return asked, told


def chosen_classes(settings: Settings, probabilities: Mapping[str, float]) -> tuple[str, str, str]:
    """The class asked, and the two of the contrast: for and against.

    Automatic is glaucoma against normal; of more classes the most probable against the next.
    """
    classes = list(probabilities)
    first = classes[::-1]
    if len(classes) > 2:
        first = sorted(classes, key=lambda name: probabilities[name], reverse=True)
    asked = first[0] if settings.asked == AUTOMATIC else settings.asked
    plus, minus = settings.contrast_for, settings.contrast_against
    if plus == AUTOMATIC:
        plus = next(name for name in first if name != minus)
    if minus == AUTOMATIC:
        minus = next(name for name in first if name != plus)
    return asked, plus, minus


def pictures(
    shown: np.ndarray, explanation: Explanation, settings: Settings
) -> dict[str, np.ndarray]:
    """The original and each map over it; heat is enlarged to ``shown``, never stretched."""
    over = {
        name: overlay(shown, heatmap.values[0], settings.opacity, settings.colormap)
        for name, heatmap in named_maps(explanation).items()
    }
    return {"original": shown, **over}


def structure_heat(
    eye: Eye, explanation: Explanation, checkpoint: Checkpoint, asked: str, gate: Gate
) -> dict[str, Any] | None:
    """Share and lift of the asked class's heat on disc or lesion.

    Where no disc is drawn it is estimated, and the result says so; None where that cannot be.
    """
    heat = explanation.heatmaps[asked].values[0]
    if eye.truth is None:
        if gate.kind != FUNDUS or not checkpoint.preprocessing.crop:
            return None
        return heat_on_estimated_disc(heat, eye.image, checkpoint.preprocessing)
    mask = checkpoint.preprocessing.frame_mask(eye.truth, eye.image)
    return {"structure": eye.structure, "share": energy_share(heat, mask), "lift": lift(heat, mask)}


def as_in_training(eye: Eye, checkpoint: Checkpoint, gate: Gate) -> tuple[Eye, str]:
    """The eye as the model knows eyes, and in words what was done to it or what it is unlike.

    A whole view is cut down to the disc for a model that has seen disc crops only.
    """
    unlike = unlike_training(eye, checkpoint, gate)
    only_crops = checkpoint.header.get("data", {}).get("view") == "crop"
    cuts_itself = checkpoint.preprocessing.around_disc is not None
    if unlike or not only_crops or cuts_itself or not eye.is_whole_view():
        return eye, unlike
    part = eye.around_disc()
    return (eye, WHOLE_VIEW) if part is None else (part, CUT_DOWN)


def unlike_training(eye: Eye, checkpoint: Checkpoint, gate: Gate) -> str:
    """In words, where the picture is no eye, too poor, or of the other kind; else ""."""
    if gate.kind == NEITHER:
        return NO_EYE.format(reason=gate.reasons[0])
    kind = FUNDUS if checkpoint.preprocessing.crop else SCAN  # only fundus photos are cropped
    if gate.kind != kind:
        return IS_SCAN if gate.kind == SCAN else IS_FUNDUS
    return POOR.format(reason=gate.reasons[0]) if gate.quality == "reject" else ""


def sentences(eye: Eye, facts: dict[str, Any], unlike: str = "") -> tuple[str, ...]:
    """The answer, what is known of the eye, and each empty map, one sentence each."""
    asked = facts["class_asked"]
    answer = verdict(facts["probabilities"], asked)
    heat = facts["heat_on"]
    if heat is not None and not facts["degenerate"][asked]:
        is_estimated = heat.get("estimated", False)
        answer += "; " + heat_in_words(heat["structure"], heat["lift"], is_estimated)
    empty = [name for name, is_degenerate in facts["degenerate"].items() if is_degenerate]
    told = (_empty_in_words(name, facts["contrast_of"]) for name in empty)
    known = ESTIMATED if heat is not None and heat.get("estimated") else eye.known
    return (answer + ".", *((unlike,) if unlike else ()), known, *told)


def _empty_in_words(name: str, pair: Sequence[str]) -> str:
    if name == CONTRAST:
        return (
            f"The contrast map is empty: nothing here speaks more for {pair[0]} than for {pair[1]}."
        )
    return f"The map for {name} is empty: this layer holds no evidence for it in this eye."


def colour_stops(colormap: str, n: int = 17) -> list[str]:
    """``n`` CSS colours from no heat to the strongest, the same that ``overlay`` paints."""
    black, ramp = np.zeros((1, n, 3), np.uint8), np.linspace(0, 1, n, dtype=np.float32)[None]
    colours = overlay(black, ramp, alpha=1, colormap=colormap)[0]
    return [f"rgb({r} {g} {b})" for r, g, b in colours]
