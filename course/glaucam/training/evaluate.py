"""How good a model is on data it was not fitted to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from torch import nn

from glaucam.errors import InputError
from glaucam.metrics.classification import operating_point
from glaucam.training.examples import load_examples
from glaucam.training.predict import predict
from glaucam.training.report import report

if TYPE_CHECKING:
    from glaucam.data import Preprocessing
    from glaucam.training.checkpoint import Checkpoint


def evaluate(
    model: nn.Module,
    data: Any,
    preprocessing: Preprocessing,
    threshold: float | None = None,
    specificity: float = 0.95,
    indices: Iterable[int] | None = None,
    classes: Iterable[str] | None = None,
    progress: bool = False,
) -> dict[str, Any]:
    """The report of ``model`` on ``data`` (all of it, or ``indices``); keys as in ``report``.

    ``classes``: the order of the logits, by default ``model.classes``, else the data's own.
    """
    names = tuple(classes or getattr(model, "classes", None) or data.classes)
    examples = load_examples(data, preprocessing, names, indices, progress)
    P = predict(model, examples.images).numpy()
    return report(examples.labels.numpy(), P, names, threshold, specificity)


def stored_threshold(header: dict[str, Any], specificity: float) -> float | None:
    """The threshold that training stored for ``specificity``; None for a model of > 2 classes.

    Raises InputError when the header has none for that specificity.
    """
    if len(header["classes"]) != 2:
        return None
    stored = header.get("thresholds") or {}
    if f"{specificity:g}" not in stored:
        raise InputError(
            f"the checkpoint holds no threshold for specificity {specificity:g} (it holds "
            f"{', '.join(stored) or 'none'}): choose one on other eyes with --validation DATA"
        )
    return stored[f"{specificity:g}"]


def evaluate_checkpoint(
    checkpoint: Checkpoint,
    data: Any,
    specificity: float = 0.95,
    validation: Any = None,
    split: str | None = None,
    progress: bool = True,
) -> dict[str, Any]:
    """The report of a checkpoint on ``data``, with a threshold chosen on other eyes.

    The threshold comes from ``validation`` (a data set), else from the checkpoint's header.
    ``split``: "train", "val", "test" or "all"; by default "test" where the checkpoint was trained
    on this very data set, else "all".
    """
    split = split or ("test" if trained_on(checkpoint.header, data) else "all")
    indices = None if split == "all" else data.indices(split)
    if validation is None:
        threshold = stored_threshold(checkpoint.header, specificity)
    else:
        threshold = chosen_threshold(checkpoint, validation, specificity, progress)
    figures = evaluate(
        checkpoint.model,
        data,
        checkpoint.preprocessing,
        threshold,
        specificity,
        indices,
        checkpoint.classes,
        progress,
    )
    return {"data": data.name, "split": split, **figures}


def chosen_threshold(
    checkpoint: Checkpoint, validation: Any, specificity: float, progress: bool = True
) -> float | None:
    """The operating point on ``validation``; None for a model of more than two classes."""
    if len(checkpoint.classes) != 2:
        return None
    examples = load_examples(
        validation, checkpoint.preprocessing, checkpoint.classes, None, progress
    )
    p = predict(checkpoint.model, examples.images)[:, 1].numpy()
    return operating_point(examples.labels.numpy(), p, specificity)


def trained_on(header: dict[str, Any], data: Any) -> bool:
    """Whether ``data`` is, by name and seed, what the checkpoint was trained on."""
    card = header.get("data") or {}
    return card.get("name") == data.name and card.get("seed") == getattr(data, "seed", None)
