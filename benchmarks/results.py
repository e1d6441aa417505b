"""What the kit's networks reach on phantoms, beside what needs no network.

    python benchmarks/results.py [--json] [--models MODEL…] [--tasks TASK…] [--train N]

Every network is trained from nothing by the library's own loop, on the same phantoms of the default
severity, chosen on validation phantoms and measured on test phantoms that none has seen. Intervals
are bootstraps over test images. `vcdr_only` ranks eyes by their true cup-to-disc ratio, what a
perfect measurer of that one number would reach; `colour` is a logistic regression on mean and
deviation of each colour channel: what it reaches, a network could reach without looking at an eye.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import nn

from glaucam.data import (
    FundusParameters,
    OctParameters,
    PhantomData,
    PhantomFundus,
    PhantomOct,
    Preprocessing,
)
from glaucam.metrics.classification import auroc
from glaucam.training.examples import Examples
from glaucam.training.fit import Fitted, fit
from glaucam.training.phantom_worker import phantom_examples
from glaucam.training.predict import predict
from glaucam.training.recipe import Recipe

DRAWS = 2000  # of the bootstrap
COLOURED = 2000  # phantoms at most, of each part, for the colour statistics
SEEDS = {"train": 8101, "val": 8102, "test": 8103}
MODELS = ("retinal_cnn", "retinal_hybrid", "resnet18")
# Published validation accuracy on real scans (Kermany, 4 classes) of the first two architectures.
PUBLISHED = {"retinal_cnn": 92.18, "retinal_hybrid": 95.53}


@dataclass(frozen=True)
class Task:
    """What is learned: ``phantoms(n, seed)``, how a photo becomes an input, and how each network
    learns it from ``train`` phantoms.
    """

    phantoms: Callable[[int, int], PhantomData]
    preprocessing: Preprocessing
    train: int
    recipes: dict[str, Recipe]


TASKS = {
    # Close crops, small and many: two minutes see half a million of 28 px, and the phantoms'
    # cameras vary by themselves.
    "glaucoma": Task(
        lambda n, seed: PhantomFundus(n, seed, FundusParameters(size=64, view="close")),
        Preprocessing(size=28),
        28000,
        {
            "retinal_cnn": Recipe(
                "retinal_cnn",
                epochs=10,
                batch_size=64,
                learning_rate=1e-2,
                augment=False,
                weight_decay=0.02,
            ),
            "retinal_hybrid": Recipe(
                "retinal_hybrid", epochs=14, batch_size=64, learning_rate=2e-3, augment=False
            ),
            "resnet18": Recipe("resnet18", epochs=6, batch_size=64, augment=False),
        },
    ),
    "oct": Task(
        lambda n, seed: PhantomOct(n, seed, OctParameters(size=128)),
        Preprocessing(size=64, crop=False),
        3000,
        {
            "retinal_cnn": Recipe("retinal_cnn", epochs=16, learning_rate=3e-3),
            "retinal_hybrid": Recipe("retinal_hybrid", epochs=16, learning_rate=1e-3),
            "resnet18": Recipe("resnet18", epochs=10, learning_rate=1e-3),
        },
    ),
}


def main(arguments: list[str] | None = None) -> None:
    options = parsed(arguments)
    rows = [row for task in options.tasks for row in rows_of(task, options)]
    print(json.dumps({"rows": rows}) if options.json else table(rows))


def parsed(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    parser.add_argument("--models", nargs="+", choices=MODELS, default=list(MODELS))
    parser.add_argument("--tasks", nargs="+", choices=list(TASKS), default=list(TASKS))
    parser.add_argument("--train", type=int, help="training phantoms, instead of each task's own")
    parser.add_argument("--test", type=int, default=2000, help="test phantoms (2000)")
    parser.add_argument("--epochs", type=int, help="instead of each recipe's own")
    return parser.parse_args(arguments)


def rows_of(name: str, options: argparse.Namespace) -> list[dict]:
    """The baselines' and the networks' rows of one task."""
    task = TASKS[name]
    counts = {"train": options.train or task.train, "val": 1000, "test": options.test}
    data = {part: task.phantoms(counts[part], seed) for part, seed in SEEDS.items()}
    parts = {part: phantom_examples(one, task.preprocessing) for part, one in data.items()}
    rows = [baseline("colour", name, data["test"].labels, colour_only(data))]
    if name == "glaucoma":
        vcdr = np.array([data["test"].eye(i).disc.vcdr for i in range(counts["test"])])
        rows.append(baseline("vcdr_only", name, data["test"].labels, np.c_[1 - vcdr, vcdr]))
    return rows + [network(model, name, parts, options.epochs) for model in options.models]


def colour_only(data: dict[str, PhantomData]) -> np.ndarray:
    """Class probabilities [N,K] of the test images from their colour statistics."""
    train, test = (
        np.stack([statistics(one.image(i)) for i in range(min(len(one), COLOURED))])
        for one in (data["train"], data["test"])
    )
    guess = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    guess.fit(train, data["train"].labels[: len(train)])
    return guess.predict_proba(test)


def statistics(image: np.ndarray) -> np.ndarray:
    """Mean and deviation of each channel, [6]."""
    pixels = image.reshape(-1, 3).astype(float)
    return np.r_[pixels.mean(axis=0), pixels.std(axis=0)]


def baseline(who: str, task: str, y: np.ndarray, P: np.ndarray) -> dict:
    return {"task": task, "model": who, **scored(y[: len(P)], P)}


def network(model: str, task: str, parts: dict[str, Examples], epochs: int | None) -> dict:
    recipe = TASKS[task].recipes[model]
    if epochs is not None:
        recipe = Recipe(**{**recipe.to_dict(), "epochs": epochs})
    began = time.perf_counter()
    fitted: Fitted = fit(parts["train"], parts["val"], recipe)
    seconds = time.perf_counter() - began
    P = predict(fitted.model, parts["test"].images).numpy()
    y = parts["test"].labels.numpy()
    return {
        "task": task,
        "model": model,
        "parameters": size_of(fitted.model),
        "accuracy": float((P.argmax(axis=1) == y).mean()),
        **scored(y, P),
        "seconds": round(seconds, 1),
        "best_epoch": fitted.best_epoch + 1,
        "seconds_per_epoch": round(seconds / recipe.epochs, 2),
    }


def size_of(model: nn.Module) -> int:
    return sum(weights.numel() for weights in model.parameters())


def scored(y: np.ndarray, P: np.ndarray) -> dict[str, float | None]:
    """AUROC and its 95 % interval over resampled images."""
    rng = np.random.default_rng(0)
    drawn = (rng.integers(0, len(y), len(y)) for _ in range(DRAWS))
    values = [score for rows in drawn if (score := auroc(y[rows], P[rows])) is not None]
    low, high = np.percentile(values, [2.5, 97.5])
    return {"auroc": auroc(y, P), "low": float(low), "high": float(high)}


COLUMNS = ("task", "model", "parameters", "accuracy", "auroc", "low", "high",
           "seconds", "best_epoch", "seconds_per_epoch")  # fmt: skip


def table(rows: list[dict]) -> str:
    """The rows as text, and the published figures on real scans as context."""
    lines = [COLUMNS, *([shown(row.get(column)) for column in COLUMNS] for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(COLUMNS))]
    text = [
        "  ".join(c.rjust(w) for c, w in zip(line, widths, strict=True)).rstrip() for line in lines
    ]
    said = ", ".join(f"{model} {figure}" for model, figure in PUBLISHED.items())
    context = f"context, not comparable: published validation accuracy on real OCT, % ({said})"
    return "\n".join([*text, f"{torch.get_num_threads()} threads", context])


def shown(value: object) -> str:
    if value is None:
        return ""
    return f"{value:.3f}" if isinstance(value, float) and value < 2 else str(value)


if __name__ == "__main__":
    sys.exit(main())
