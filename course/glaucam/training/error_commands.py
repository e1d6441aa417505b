"""What ``glaucam errors`` does with what it was asked."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import Any

from glaucam.data.commands import opened
from glaucam.errors import InputError
from glaucam.plots.overlay import named_colormap
from glaucam.training.checkpoint import Checkpoint
from glaucam.training.embedded import EMBEDDED, named_checkpoint
from glaucam.training.error_boards import write_errors
from glaucam.training.error_table import error_table
from glaucam.training.evaluate import part_to_judge

RESULTS = Path("results")


def errors_as_asked(args: Namespace) -> dict[str, Any]:
    """The table and boards in ``--out``; returns what ``errors.json`` holds."""
    named_colormap(args.colormap)
    if args.most < 1:
        raise InputError(f"--most is {args.most}, expected 1 or more images on a board")
    checkpoint = named_checkpoint(args.model)
    data = opened(args, n=args.n, seed=args.seed, classes=checkpoint.classes, complete=False)
    split, indices = part_to_judge(checkpoint.header, data, args.split)
    threshold, source = threshold_in_use(checkpoint, args.threshold)
    table = error_table(
        checkpoint.model, data, checkpoint.preprocessing, threshold, checkpoint.classes,
        args.method, args.target_layer, indices=indices,
    )  # fmt: skip
    out = args.out or RESULTS / run_name(args.model, data.name)
    facts = {
        "data": data.name,
        "split": split,
        "classes": list(checkpoint.classes),
        "threshold": threshold,
        "threshold_from": source,
        "method": args.method,
        "target_layer": table["target_layer"].iloc[0],
        "out": str(out),
    }
    return write_errors(out, checkpoint, data, table, facts, args.most, args.colormap)


def threshold_in_use(
    checkpoint: Checkpoint, asked: float | None
) -> tuple[float | None, str | None]:
    """(threshold, where it comes from); (None, None) for a model of more than two classes."""
    if asked is not None:
        return asked, "asked for"
    if len(checkpoint.classes) != 2:
        return None, None
    if checkpoint.threshold is not None:
        return checkpoint.threshold, "validation, stored in the checkpoint"
    return 0.5, "none stored in the checkpoint: even odds"


def run_name(model: str | Path, data: str) -> str:
    """ "first-on-acrima" for ``runs/first/model.safetensors`` on ``acrima``."""
    if str(model) in EMBEDDED:
        return f"{model}-on-{data}"
    path = Path(model).resolve()
    return f"{path.parent.name if path.stem == 'model' else path.stem}-on-{data}"
