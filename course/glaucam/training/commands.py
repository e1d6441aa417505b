"""What ``glaucam train`` and ``glaucam evaluate`` do with what they were asked."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

from glaucam.data import Preprocessing, open_data
from glaucam.data.commands import opened
from glaucam.errors import InputError
from glaucam.registry import MODELS, unknown
from glaucam.training.embedded import EMBEDDED, named_checkpoint, train_embedded
from glaucam.training.evaluate import evaluated
from glaucam.training.recipe import Recipe
from glaucam.training.train import CHECKPOINT, train


def train_as_asked(args: Namespace) -> dict[str, Any]:
    """``--recipe embedded``, or ``--model`` on ``--data``; returns path and header."""
    if args.recipe is not None:
        return _train_by_recipe(args)
    if args.data is None or args.out is None:
        raise InputError("glaucam train needs --data and --out (or --recipe embedded)")
    entry = MODELS[args.model]
    recipe = Recipe(
        model=args.model,
        epochs=args.epochs,
        batch_size=args.batch_size,
        learning_rate=args.learning_rate,
        optimiser=args.optimiser,
        schedule=args.schedule,
        augment=not args.no_augment,
        pretrained=args.pretrained,
        seed=args.seed,
    )
    data = opened(args, n=args.n)
    preprocessing = Preprocessing(
        size=args.size or entry.input_size,
        standardise="fixed" if args.pretrained else "image",  # as published weights expect
        crop=data.task != "oct",
        enhance=args.enhance,
        around_disc=args.around_disc,
    )
    return train(data, recipe, args.out, preprocessing)


def _train_by_recipe(args: Namespace) -> dict[str, Any]:
    if args.recipe not in EMBEDDED:
        raise InputError(unknown("recipe", args.recipe, list(EMBEDDED)))
    out = args.out / CHECKPOINT if args.out else None
    path = train_embedded(out, embedded=EMBEDDED[args.recipe])
    return {"checkpoint": str(path), **named_checkpoint(path).header}


def evaluate_as_asked(args: Namespace) -> dict[str, Any]:
    """The report; with ``--out`` also as a folder (see ``evaluation_files``)."""
    checkpoint = named_checkpoint(args.model)
    classes = checkpoint.classes
    data = opened(args, n=args.n, seed=args.seed, classes=classes, complete=False)
    validation = None if args.validation is None else open_data(args.validation, classes=classes)
    figures, said = evaluated(checkpoint, data, args.fix_spec, validation, args.split)
    if args.out:
        from glaucam.plots.summary import caveat
        from glaucam.training.evaluation_files import write_evaluation

        write_evaluation(args.out, figures, said, caveat(checkpoint.header))
    return figures
