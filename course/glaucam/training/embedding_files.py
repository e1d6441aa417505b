"""What ``glaucam embed`` does with what it was asked: a figure of the features, and the probe."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

import numpy as np

from glaucam.data.commands import opened
from glaucam.errors import DataError
from glaucam.plots.embedding import embedding_figure
from glaucam.plots.saved import save_json, save_picture
from glaucam.plots.summary import caveat
from glaucam.training.embedded import named_checkpoint
from glaucam.training.embeddings import embed, flatten, probe_report
from glaucam.training.examples import load_examples
from glaucam.training.predict import Answers, predict


def embed_as_asked(args: Namespace) -> dict[str, Any]:
    """``embedding.png``, its CSV and ``probe.json`` in ``--out``; returns what the latter holds.

    The neighbours are of the data set's "train" part and are asked about its "test" part.
    """
    checkpoint = named_checkpoint(args.model)
    classes, model = checkpoint.classes, checkpoint.model
    data = opened(args, n=args.n, seed=args.seed, classes=classes)
    train, test = data.indices("train"), data.indices("test")
    if not len(train) or not len(test):
        raise DataError(f"data set {data.name!r} has no train or no test part: give more images")
    examples = load_examples(data, checkpoint.preprocessing, classes)
    X, y = embed(model, examples.images).numpy(), examples.labels.numpy()
    rows = probe_report(X[train], y[train], X[test], y[test], args.distance)
    said = Answers(data.image_names, y, predict(model, examples.images).numpy(), classes)
    points = flatten(X, with_umap=not args.no_umap)
    points.insert(0, "split", np.asarray(data.splits))
    points = said.table()[["image", "true", "predicted"]].join(points)
    title = f"{X.shape[1]} features of {len(X)} images: {data.name}"
    figure = embedding_figure(points, classes, title, caveat(checkpoint.header))
    picture = save_picture(args.out, "embedding", figure, points)
    told = {"data": data.name, "features": X.shape[1], "probe": rows, "picture": str(picture)}
    save_json(args.out, "probe", told)
    return told
