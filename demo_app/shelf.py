"""The trained models the page offers: the embedded one, and those named on the command line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from glaucam.errors import CheckpointError
from glaucam.registry import MODELS

if TYPE_CHECKING:
    from glaucam.training.checkpoint import Checkpoint

CLASSES = ("normal", "glaucoma")

Shelf = dict[str, "Checkpoint"]  # menu label → model; the first is the default


def fill_shelf(paths: Sequence[str | Path] = ()) -> Shelf:
    """Load the checkpoints of ``paths``, which come first, and the embedded model.

    Raises CheckpointError for a file that is no checkpoint, or not one of normal and glaucoma.
    """
    from glaucam.training.checkpoint import load_checkpoint
    from glaucam.training.embedded import embedded_model

    shelf: Shelf = {}
    for path in paths:
        checkpoint = load_checkpoint(path)
        _refuse_other_classes(checkpoint, path)
        shelf[_label(checkpoint, Path(path).stem, shelf)] = checkpoint
    embedded = embedded_model()
    shelf[_label(embedded, "embedded", shelf)] = embedded
    return shelf


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
    if checkpoint.classes != CLASSES:
        raise CheckpointError(
            f"checkpoint {path} tells {', '.join(checkpoint.classes)} apart; this page compares "
            f"{' with '.join(CLASSES)}: give one trained for these two"
        )
