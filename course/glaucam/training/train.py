"""From a data set to a checkpoint file: fit, choose thresholds on validation, test, write."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from glaucam.data.atomic import write_atomically
from glaucam.data.dataset import SPLITS
from glaucam.data.leaks import refuse_leaks
from glaucam.errors import DataError, InputError
from glaucam.training.checkpoint import save_checkpoint
from glaucam.training.examples import MEMORY, Examples, load_examples
from glaucam.training.fit import Fitted, fit
from glaucam.training.predict import predict
from glaucam.training.recipe import Recipe
from glaucam.training.report import report, thresholds

if TYPE_CHECKING:
    from glaucam.data import Preprocessing

CHECKPOINT, HISTORY, STATE = "model.safetensors", "history.json", "state.pt"


def train(
    data: Any,
    recipe: Recipe,
    out: str | Path,
    preprocessing: Preprocessing,
    progress: bool = True,
    memory: int = MEMORY,
) -> dict[str, Any]:
    """Train on the "train" images of ``data``, choose on "val", report "test"; write to ``out``.

    Writes ``model.safetensors``, ``history.json`` and, while it runs, ``state.pt``: the same
    command goes on from there after a kill. Returns the checkpoint's path and header. At most
    ``memory`` bytes of preprocessed images are held. Raises DataError when a split lacks images or
    a patient is in two of them, InputError when ``out`` cannot be a folder.
    """
    out = _made(Path(out))
    refuse_leaks(data.image_names, data.patients, data.splits, f"data set {data.name!r}")
    parts = {}
    for split in SPLITS:
        indices = _indices(data, split)
        room = memory * len(indices) // len(data)
        parts[split] = load_examples(data, preprocessing, None, indices, progress, room)
    fitted = fit(parts["train"], parts["val"], recipe, out / STATE, progress)
    header = describe(fitted, recipe, preprocessing, parts, card_of(data))
    save_checkpoint(out / CHECKPOINT, fitted.model, header)
    write_atomically(out / HISTORY, json.dumps(fitted.history, indent=1).encode())
    (out / STATE).unlink(missing_ok=True)
    return {"checkpoint": str(out / CHECKPOINT), "best_epoch": fitted.best_epoch, **header}


def describe(
    fitted: Fitted,
    recipe: Recipe,
    preprocessing: Preprocessing,
    parts: dict[str, Examples],
    card: dict[str, Any],
) -> dict[str, Any]:
    """The checkpoint's header: thresholds from "val", figures from "test" (see ``checkpoint``)."""
    P = predict(fitted.model, parts["val"].images).numpy()
    chosen = thresholds(parts["val"].labels.numpy(), P)
    threshold = chosen.get("0.95")
    P = predict(fitted.model, parts["test"].images).numpy()
    classes = parts["train"].classes
    return {
        "model": recipe.model,
        "classes": list(classes),
        "preprocessing": preprocessing.to_dict(),
        "data": card,
        "seen": seen(card),
        "recipe": recipe.to_dict(),
        "threshold": threshold,
        "thresholds": chosen,
        "metrics": report(parts["test"].labels.numpy(), P, classes, threshold),
    }


def card_of(data: Any) -> dict[str, Any]:
    """What the header tells of the data: its name, title, task, classes, size, and seed if made;
    of files, a mark of their split."""
    return {
        "name": data.name,
        "title": data.title,
        "task": data.task,
        "classes": list(data.classes),
        "n": len(data),
        "seed": getattr(data, "seed", None),
        **({"split": split_mark(data)} if hasattr(data, "items") else {}),
    }


def split_mark(data: Any) -> str:
    """A mark of which file is in which part, so that the same part is judged later."""
    lines = sorted(
        f"{name}\t{split}" for name, split in zip(data.image_names, data.splits, strict=True)
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def seen(card: dict[str, Any]) -> str:
    """In words, for the line on every exported picture."""
    if card["name"] == "phantom_disc":
        return "synthetic disc crops only (phantoms), no patient's eye"
    if card["name"].startswith("phantom"):
        return "phantom eyes only (synthetic), no patient's eye"
    return f"only the data set {card['name']} ({card['n']} images)"


def _indices(data: Any, split: str) -> list[int]:
    indices = data.indices(split).tolist()
    if not indices:
        raise DataError(
            f"data set {data.name!r} has no image in its {split!r} part: give more images, or "
            "folders ROOT/{train,val,test}/<class>"
        )
    return indices


def _made(out: Path) -> Path:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"cannot use {out} as output folder ({error.strerror}): choose another --out"
        ) from error
    return out
