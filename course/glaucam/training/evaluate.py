"""How good a model is on data it was not fitted to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from torch import nn

from glaucam.errors import InputError
from glaucam.metrics.classification import operating_point
from glaucam.training.examples import load_examples
from glaucam.training.predict import Answers, answers, predict
from glaucam.training.report import report
from glaucam.training.train import split_mark

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
    said = answers(model, data, preprocessing, names, indices, progress)
    return report(said.labels, said.probabilities, names, threshold, specificity)


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
    return evaluated(checkpoint, data, specificity, validation, split, progress)[0]


def evaluated(
    checkpoint: Checkpoint,
    data: Any,
    specificity: float = 0.95,
    validation: Any = None,
    split: str | None = None,
    progress: bool = True,
) -> tuple[dict[str, Any], Answers]:
    """The report of ``evaluate_checkpoint``, and the answers it was made of."""
    split, indices = part_to_judge(checkpoint.header, data, split)
    if validation is None:
        threshold = stored_threshold(checkpoint.header, specificity)
    else:
        threshold = chosen_threshold(checkpoint, validation, specificity, progress)
    classes = checkpoint.classes
    said = answers(checkpoint.model, data, checkpoint.preprocessing, classes, indices, progress)
    figures = report(said.labels, said.probabilities, classes, threshold, specificity)
    return {"data": data.name, "split": split, **figures}, said


def part_to_judge(
    header: dict[str, Any], data: Any, split: str | None
) -> tuple[str, Iterable[int] | None]:
    """The split (by default "test" of the set that was trained on, else "all"), its indices."""
    if split is None and trained_on(header, data):
        _refuse_other_split(header, data)
        split = "test"
    split = split or "all"
    return split, None if split == "all" else data.indices(split)


def _refuse_other_split(header: dict[str, Any], data: Any) -> None:
    """The part that training set aside must be the one that is judged."""
    mark = header["data"].get("split")
    if mark and hasattr(data, "items") and mark != split_mark(data):
        raise InputError(
            f"the checkpoint was trained on {data.name} with another split, so its test part is "
            "not this one: give that split (--splits FILE), the files as they were, or --split all"
        )


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
