"""What each action of the *Compare* tab does: choices in, new values of the page out."""

from __future__ import annotations

import logging
from typing import Any

import gradio as gr
from gradio.processing_utils import save_pil_to_cache
from gradio.utils import get_upload_folder

from demo_app.compare import AUTOMATIC, Comparison, Settings, compare, picture_names
from demo_app.eyes import chosen_eye, examples_of
from demo_app.shelf import Shelf, kind_of, layers, models_of
from demo_app.words import EMPTY, FAILED, alt_text, answer, caveat, colour_bar, refusal, title
from glaucam.errors import InputError, UnknownName
from glaucam.plots.summary import CONTRAST
from glaucam.registry import unknown

LOG = logging.getLogger("demo_app")


class Actions:
    """The actions over one shelf of models.

    ``settings`` are ``model``, the menu's label, and the fields of ``compare.Settings``.
    """

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self.names = all_names(shelf)

    def run(
        self, photo: str | None, example: str | None, model: str, **settings: Any
    ) -> Comparison:
        """The comparison that the choices ask for. Raises InputError."""
        if model not in self.shelf:
            raise UnknownName(unknown("model", model, list(self.shelf)))
        checkpoint = self.shelf[model]
        eye = chosen_eye(photo, example, kind_of(checkpoint))
        return compare(eye, checkpoint, Settings(**settings))

    def endpoint(self, image: str, **settings: Any) -> tuple[Any, dict[str, Any]]:
        """Compare the heat for each class: the panel as an image, and its numbers."""
        try:
            comparison = self.run(image, None, **settings)
        except InputError as error:
            raise gr.Error(str(error), print_exception=False) from error
        return comparison.panel, comparison.summary

    def show(
        self, photo: str | None = None, example: str | None = None, **settings: Any
    ) -> list[Any]:
        """Fill the results; a refusal or a failure empties the pictures and says why."""
        try:
            return self._filled(self.run(photo, example, **settings), settings["colormap"])
        except InputError as error:
            return self._blank(refusal(str(error)))
        except Exception:  # ours: the visitor gets a sentence, the log the traceback
            LOG.exception("a comparison failed")
            return self._blank(FAILED)

    def refresh(self, photo: str | None = None, example: str | None = None, **settings: Any) -> Any:
        """The same eye with other settings; nothing happens where no eye is chosen yet."""
        return self.show(photo, example, **settings) if photo or example else gr.skip()

    def upload(self, photo: str, **settings: Any) -> list[Any]:
        """A photo arrived: let go of the example and compare."""
        return [None, *self.show(photo, None, **settings)]

    def pick(self, example: str, **settings: Any) -> list[Any]:
        """An example was picked: let go of the photo and compare."""
        return [None, *self.show(None, example, **settings)]

    def clear(self) -> list[Any]:
        """The photo was taken away."""
        return self._blank(EMPTY)

    def choose_model(self, model: str) -> list[Any]:
        """The menu of layers, and what this model has seen."""
        menu = gr.Dropdown([AUTOMATIC, *layers(self.shelf[model])], value=AUTOMATIC)
        return [menu, caveat(self.shelf[model].header)]

    def choose_kind(self, kind: str) -> list[Any]:
        """Another kind of image: its examples, models and classes, and nothing of the last eye."""
        models = models_of(self.shelf, kind)
        classes = [AUTOMATIC, *self.shelf[models[0]].classes]
        example = gr.Radio([(label, name) for name, label in examples_of(kind).items()], value=None)
        model = gr.Dropdown(models, value=models[0])
        asked = gr.Radio(classes, value=AUTOMATIC)
        pair = [gr.Dropdown(classes, value=AUTOMATIC) for _ in range(2)]
        chosen = [*self.choose_model(models[0]), model, asked, *pair]
        return [None, example, *chosen, *self._blank(EMPTY)]

    def _filled(self, comparison: Comparison, colormap: str) -> list[Any]:
        pictures = [_picture(name, comparison) for name in self.names]
        bar, file = colour_bar(colormap), _kept(comparison)
        shown = gr.Column(visible=True)
        facts = comparison.summary
        return [answer(comparison), shown, *pictures, bar, file, comparison.panel, facts]

    def _blank(self, words: str) -> list[Any]:
        """Nothing but words: no picture of an earlier eye stays to be taken for this one's."""
        return [words, gr.Column(visible=False), *[None] * len(self.names), "", None, None, None]


def all_names(shelf: Shelf) -> tuple[str, ...]:
    """The pictures of every model on the shelf: one place for each name, the contrast last."""
    names = dict.fromkeys(
        name for checkpoint in shelf.values() for name in picture_names(checkpoint.classes)[:-1]
    )
    return (*names, CONTRAST)


def _picture(name: str, comparison: Comparison) -> gr.Image:
    """What the place ``name`` shows; nothing where the model has no such class."""
    if name not in comparison.pictures:
        return gr.Image(None, visible=False)
    facts = comparison.summary
    return gr.Image(
        comparison.pictures[name],
        label=title(name, facts["contrast_of"]),
        alt_text=alt_text(name, facts),
        elem_classes=["asked"] if name == facts["class_asked"] else [],
        visible=True,
    )


def _kept(comparison: Comparison) -> str:
    """The panel as a PNG file in the page's own folder, whose files are deleted as they age."""
    return save_pil_to_cache(comparison.panel, get_upload_folder(), "glaucam_panel", "png")
