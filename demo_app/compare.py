"""What the *Compare* tab does, without Gradio: an eye and a model in, pictures and words out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from demo_app.eyes import Eye
from glaucam.metrics import energy_share, lift
from glaucam.plots import DEFAULT_COLORMAP, overlay, panel, statement, summary
from glaucam.plots.summary import CONTRAST, heat_in_words, named_maps, verdict

if TYPE_CHECKING:
    from glaucam.explanation import Explanation
    from glaucam.training.checkpoint import Checkpoint

PICTURE_SIDE = 512  # px of each picture shown; the model sees its own, smaller frame
AUTOMATIC = "automatic"
NAMES = ("original", "normal", "glaucoma", "contrast")  # the order everywhere
UNLIKE_TRAINING = (
    "This is a whole view of the eye and the model has seen disc crops only: "
    "crop the photo to the optic disc and its surroundings before you read anything into this."
)
_ONE_AT_A_TIME = Lock()  # an explanation hangs a hook on the model, which threads share


@dataclass(frozen=True)
class Settings:
    """What a visitor can choose; the defaults are what nobody needs to touch."""

    method: str = "gradcam"
    layer: str = AUTOMATIC
    asked: str = "glaucoma"
    opacity: float = 0.5
    colormap: str = DEFAULT_COLORMAP


@dataclass(frozen=True)
class Comparison:
    """``pictures`` by name, in the order shown: original, normal, glaucoma, contrast; uint8."""

    pictures: dict[str, np.ndarray]
    panel: Image.Image
    summary: dict[str, Any]
    sentences: tuple[str, ...]


def compare(eye: Eye, checkpoint: Checkpoint, settings: Settings = Settings()) -> Comparison:
    """Explain both classes and their contrast for one eye.

    Raises InputError for anything a visitor can get wrong.
    """
    shown = replace(checkpoint.preprocessing, size=PICTURE_SIDE).frame(eye.image)
    explanation = _explain(eye, checkpoint, settings)
    facts = summary(explanation, 0, settings.asked)
    facts["disc"] = disc_heat(eye, explanation, checkpoint, settings.asked)
    facts["unlike_training"] = _is_unlike_training(eye, checkpoint)
    facts["statement"] = statement(checkpoint.header)
    return Comparison(
        pictures=pictures(shown, explanation, settings),
        panel=panel(
            shown,
            explanation,
            asked=settings.asked,
            alpha=settings.opacity,
            colormap=settings.colormap,
            note=facts["statement"],
        ),
        summary=facts,
        sentences=sentences(eye, facts),
    )


def _explain(eye: Eye, checkpoint: Checkpoint, settings: Settings) -> Explanation:
    from glaucam import explain

    layer = None if settings.layer == AUTOMATIC else settings.layer
    images = checkpoint.preprocessing(eye.image)[None]  # [1,3,S,S]
    with _ONE_AT_A_TIME:
        return explain(checkpoint.model, images, method=settings.method, target_layer=layer)


def pictures(
    shown: np.ndarray, explanation: Explanation, settings: Settings
) -> dict[str, np.ndarray]:
    """The original and each map over it; heat is enlarged to ``shown``, never stretched."""
    over = {
        name: overlay(shown, heatmap.values[0], settings.opacity, settings.colormap)
        for name, heatmap in named_maps(explanation).items()
    }
    return {"original": shown, **over}


def disc_heat(
    eye: Eye, explanation: Explanation, checkpoint: Checkpoint, asked: str
) -> dict[str, float | None] | None:
    """Share and lift of the asked class's heat on the disc; None where no disc is drawn."""
    if eye.disc is None:
        return None
    mask = checkpoint.preprocessing.frame_mask(eye.disc, eye.image)
    heat = explanation.heatmaps[asked].values[0]
    return {"share": energy_share(heat, mask), "lift": lift(heat, mask)}


def _is_unlike_training(eye: Eye, checkpoint: Checkpoint) -> bool:
    """A whole view, shown to a model whose data card says it has seen disc crops only."""
    only_crops = checkpoint.header.get("data", {}).get("view") == "crop"
    return only_crops and eye.is_whole_view()


def sentences(eye: Eye, facts: dict[str, Any]) -> tuple[str, ...]:
    """The answer, what is known of the eye, and each empty map, one sentence each."""
    asked = facts["class_asked"]
    answer = verdict(facts["probabilities"], asked)
    if facts["disc"] is not None and not facts["degenerate"][asked]:
        answer += "; " + heat_in_words("disc", facts["disc"]["lift"])
    empty = [name for name, is_degenerate in facts["degenerate"].items() if is_degenerate]
    unlike = (UNLIKE_TRAINING,) if facts["unlike_training"] else ()
    return (answer + ".", *unlike, eye.known, *(_empty_in_words(name) for name in empty))


def _empty_in_words(name: str) -> str:
    if name == CONTRAST:
        return "The contrast map is empty: nothing here speaks more for glaucoma than for normal."
    return f"The map for {name} is empty: this layer holds no evidence for it in this eye."


def colour_stops(colormap: str, n: int = 17) -> list[str]:
    """``n`` CSS colours from no heat to the strongest, the same that ``overlay`` paints."""
    black, ramp = np.zeros((1, n, 3), np.uint8), np.linspace(0, 1, n, dtype=np.float32)[None]
    colours = overlay(black, ramp, alpha=1, colormap=colormap)[0]
    return [f"rgb({r} {g} {b})" for r, g, b in colours]
