"""The trained models the page offers: the embedded ones, and those named on the command line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from demo_app.eyes import FUNDUS, OCT
from glaucam.errors import CheckpointError
from glaucam.registry import MODELS

if TYPE_CHECKING:
    from glaucam.training.checkpoint import Checkpoint

CLASSES = {FUNDUS: ("normal", "glaucoma"), OCT: ("NORMAL", "CNV", "DME", "DRUSEN")}
KINDS = {FUNDUS: "Fundus photo", OCT: "OCT scan"}

Shelf = dict[str, "Checkpoint"]  # menu label → model; the first is the default


def fill_shelf(paths: Sequence[str | Path] = ()) -> Shelf:
    """Load the checkpoints of ``paths``, which come first, and the embedded models.

    Raises CheckpointError for a file that is no checkpoint, or one of other classes than CLASSES.
    """
    from glaucam.training.checkpoint import load_checkpoint
    from glaucam.training.embedded import EMBEDDED, embedded_model

    shelf: Shelf = {}
    for path in paths:
        checkpoint = load_checkpoint(path)
        _refuse_other_classes(checkpoint, path)
        shelf[_label(checkpoint, Path(path).stem, shelf)] = checkpoint
    for name, embedded in EMBEDDED.items():
        checkpoint = embedded_model(embedded=embedded)
        shelf[_label(checkpoint, name.replace("_oct", " OCT"), shelf)] = checkpoint
    return shelf


def kind_of(checkpoint: Checkpoint) -> str:
    """Which kind of image the model reads."""
    return next(kind for kind, classes in CLASSES.items() if classes == checkpoint.classes)


def models_of(shelf: Shelf, kind: str) -> list[str]:
    """The labels of the models for a kind of image; never empty, by the embedded ones."""
    return [label for label, checkpoint in shelf.items() if kind_of(checkpoint) == kind]


def layers(checkpoint: Checkpoint) -> list[str]:
    """Dotted names of the layers that are right to explain."""
    import torch

    from glaucam.models.target_layer import target_layers

    side = checkpoint.preprocessing.size
    return target_layers(checkpoint.model, torch.zeros(1, 3, side, side))


def _label(checkpoint: Checkpoint, origin: str, shelf: Shelf) -> str:
    label = f"{MODELS[checkpoint.header['model']].title} ({origin})"
    return label if label not in shelf else f"{label}, {len(shelf) + 1}"


def _refuse_other_classes(checkpoint: Checkpoint, path: str | Path) -> None:
    if checkpoint.classes not in CLASSES.values():
        known = " or ".join(f"({', '.join(classes)})" for classes in CLASSES.values())
        raise CheckpointError(
            f"checkpoint {path} tells {', '.join(checkpoint.classes)} apart; this page compares "
            f"{known}: give one trained for these, in this order"
        )
