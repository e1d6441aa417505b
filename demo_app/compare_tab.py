"""The *Compare* tab: where things stand, and which action answers which control."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import gradio as gr

from demo_app.actions import Actions
from demo_app.compare import AUTOMATIC, Settings
from demo_app.eyes import examples_of
from demo_app.shelf import KINDS, Shelf, kind_of, layers, models_of
from demo_app.uploads import upload_of
from demo_app.words import EMPTY, alt_text, caveat, title
from glaucam.plots import COLORMAPS
from glaucam.registry import METHODS

MENUS_OF_KIND = ("model", "asked", "contrast_for", "contrast_against")
WORDS = {name: value for name, value in asdict(Settings()).items() if name != "opacity"}
# On a phone the answer lies below the fold: bring it up once the pictures have their room, but
# never move what is already in view.
REVEAL = """() => setTimeout(() => {
  const answer = document.getElementById("answer");
  if (answer && answer.getBoundingClientRect().top > 0.6 * window.innerHeight)
    answer.scrollIntoView({ block: "start" });
}, 250)"""


@dataclass(frozen=True)
class Results:
    """What an action fills, in the order that every action gives it."""

    words: gr.HTML
    shown: gr.Column
    pictures: tuple[gr.Image, ...]
    bar: gr.HTML
    download: gr.DownloadButton
    panel: gr.Image
    summary: gr.JSON

    def all(self) -> list[Any]:
        rest = (self.bar, self.download, self.panel, self.summary)
        return [self.words, self.shown, *self.pictures, *rest]


def compare_tab(shelf: Shelf) -> None:
    """Lay the tab out inside the current Blocks and connect it."""
    first = next(iter(shelf.values()))
    actions = Actions(shelf)
    note = gr.HTML(caveat(first.header), elem_id="caveat")
    kind = gr.Radio(
        [(label, name) for name, label in KINDS.items()], value=kind_of(first),
        label="Kind of image", show_label=False, elem_id="kind",
    )  # fmt: skip
    photo, press, example = _eye_choice(kind_of(first))
    settings, results = _settings(shelf), _results(actions.names)
    eye = {"photo": photo, "example": example}
    _connect_eye(actions, eye, settings, press, results)
    _connect_settings(actions, {**eye, **settings}, results, note)
    menus = [settings[name] for name in MENUS_OF_KIND]
    kind.input(
        actions.choose_kind, kind, [photo, example, settings["layer"], note, *menus,
        *results.all()], api_name="kind",
    )  # fmt: skip
    _endpoint(actions, shelf, photo, results)


def _endpoint(actions: Actions, shelf: Shelf, photo: gr.File, results: Results) -> None:
    """For programs: an image in, the panel and its numbers out. What they send, we check."""
    free = {name: gr.Textbox(value, visible=False) for name, value in WORDS.items()}
    model = gr.Textbox(next(iter(shelf)), visible=False)
    opacity = gr.Number(Settings().opacity, visible=False)
    gr.Button(visible=False).click(
        actions.endpoint,
        inputs_kwargs={"image": photo, "model": model, **free, "opacity": opacity},
        outputs=[results.panel, results.summary],
        api_name="compare",
    )


def _eye_choice(kind: str) -> tuple[gr.File, gr.Button, gr.Radio]:
    with gr.Row(elem_id="choose"):
        with gr.Column(min_width=240):
            photo = upload_of("Your image", "photo", "image")
            press = gr.Button("Compare", variant="primary", elem_id="compare", size="md")
        with gr.Column(scale=4, min_width=300):
            menu = [(label, name) for name, label in examples_of(kind).items()]
            example = gr.Radio(menu, label="Or pick an example", elem_id="examples")
    return photo, press, example


def _settings(shelf: Shelf) -> dict[str, Any]:
    """The settings by the name that actions take them under; folded, the everyday ones first."""
    default, first = Settings(), next(iter(shelf))
    kind, classes = kind_of(shelf[first]), [AUTOMATIC, *shelf[first].classes]
    methods = [(method.title, name) for name, method in METHODS.items()]
    told = "The answer speaks of its heat; all maps are always shown."
    with gr.Accordion("Settings", open=False, elem_id="settings"):
        with gr.Row():
            asked = gr.Radio(classes, value=default.asked, label="Class asked", info=told)
            opacity = gr.Slider(0, 1, default.opacity, step=0.05, label="Opacity of the heat")
            colormap = gr.Dropdown(COLORMAPS, value=default.colormap, label="Colours")
        with gr.Row():
            plus = gr.Dropdown(classes, value=AUTOMATIC, label="Contrast: what speaks for")
            minus = gr.Dropdown(classes, value=AUTOMATIC, label="Contrast: and against")
        with gr.Row():
            model = gr.Dropdown(models_of(shelf, kind), value=first, label="Model")
            method = gr.Dropdown(methods, value=default.method, label="Method")
            menu = [AUTOMATIC, *layers(shelf[first])]
            layer = gr.Dropdown(menu, value=default.layer, label="Target layer")
    return {
        "model": model,
        "method": method,
        "layer": layer,
        "asked": asked,
        "contrast_for": plus,
        "contrast_against": minus,
        "opacity": opacity,
        "colormap": colormap,
    }


def _results(names: Sequence[str]) -> Results:
    words = gr.HTML(EMPTY, elem_id="answer")
    with gr.Column(visible=False, elem_id="results") as shown:
        with gr.Row(elem_id="pictures"):
            pictures = tuple(_picture(name, title(name), alt_text(name)) for name in names)
        bar = gr.HTML(elem_id="bar")
        download = gr.DownloadButton("Download the panel (PNG)", elem_id="download", size="md")
        with gr.Accordion("The panel and its numbers", open=False, elem_id="numbers"):
            panel = _picture("panel", "Panel", "The four pictures side by side, as downloaded.")
            summary = gr.JSON(label="Numbers", elem_id="summary", max_height=None)
    return Results(words, shown, pictures, bar, download, panel, summary)


def _picture(name: str, label: str, alt: str) -> gr.Image:
    return gr.Image(
        label=label,
        alt_text=alt,
        format="png",
        interactive=False,
        buttons=["fullscreen"],
        elem_id=f"picture-{name}",
        min_width=140,
    )


def _connect_eye(
    actions: Actions,
    eye: dict[str, Any],
    settings: dict[str, Any],
    press: gr.Button,
    results: Results,
) -> None:
    photo, example = eye["photo"], eye["example"]
    of_photo, of_example = {"photo": photo, **settings}, {"example": example, **settings}
    _reveal(_answer(press.click, actions.show, "show", {**eye, **settings}, results))
    _reveal(_answer(photo.upload, actions.upload, "upload", of_photo, results, example))
    _reveal(_answer(example.input, actions.pick, "example", of_example, results, photo))
    _answer(photo.clear, actions.clear, "clear", {}, results)


def _connect_settings(
    actions: Actions, choices: dict[str, Any], results: Results, note: gr.HTML
) -> None:
    menus = ("method", "layer", "asked", "contrast_for", "contrast_against", "colormap")
    touched = [choices[name].input for name in menus]
    touched.append(choices["opacity"].release)
    _answer(partial(gr.on, touched), actions.refresh, "refresh", choices, results)
    chosen = choices["model"].input(
        actions.choose_model, choices["model"], [choices["layer"], note], api_name="model"
    )
    _answer(chosen.then, actions.refresh, "refresh_model", choices, results)


def _answer(
    trigger: Any, action: Any, name: str, choices: dict[str, Any], results: Results, *also: Any
) -> Any:
    """Let ``action`` answer ``trigger``, as the endpoint ``name``; ``also`` is filled first."""
    return trigger(
        action,
        inputs_kwargs=choices,
        outputs=[*also, *results.all()],
        show_progress_on=[results.words, *results.pictures],
        api_name=name,
    )


def _reveal(done: Any) -> None:
    done.then(None, js=REVEAL, api_visibility="private")
