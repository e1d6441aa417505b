"""The training loop, in plain sight.

Every epoch seeds itself from (seed, epoch), so that a run that was killed and resumed draws the
same shuffles, augmentations and dropout as one that was not: no random state needs saving.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from tqdm import tqdm

from glaucam.errors import DataError
from glaucam.metrics.classification import auroc
from glaucam.models import build_model
from glaucam.training.augment import augment
from glaucam.training.best import Best
from glaucam.training.examples import Examples
from glaucam.training.predict import predict
from glaucam.training.recipe import Recipe
from glaucam.training.run_state import RunState


@dataclass(frozen=True)
class Fitted:
    """The best epoch's network, in eval mode on the CPU, and one row of figures per epoch."""

    model: nn.Module
    history: list[dict[str, Any]]
    best_epoch: int


def fit(
    train: Examples,
    validation: Examples,
    recipe: Recipe,
    state_path: Path | None = None,
    progress: bool = True,
) -> Fitted:
    """Train ``recipe.model`` on ``train``; keep the epoch that is best on ``validation``.

    Best: highest AUROC, then lowest loss. With ``state_path``, every epoch is saved there and a
    run that was killed goes on from it, to the same weights. The caller's RNG is left as it was.
    Raises DataError when a class has no training image.
    """
    weights = class_weights(train.labels, train.classes)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    with torch.random.fork_rng():
        torch.manual_seed(recipe.seed)
        model = build_model(recipe.model, len(train.classes), recipe.pretrained)
        model = model.to(device).to(memory_format=torch.channels_last)  # a quarter faster on a CPU
        optimiser = make_optimiser(model, recipe)
        best = Best()
        state = None if state_path is None else RunState(state_path, recipe, train)
        history = state.load(model, optimiser, best) if state else []
        for epoch in range(len(history), recipe.epochs):
            loss = train_one_epoch(model, train, optimiser, weights, recipe, epoch, progress)
            row = {"epoch": epoch, "train_loss": loss, **score(model, validation, weights)}
            history.append(row)
            best.consider(model, row)
            if state:
                state.save(model, optimiser, best, history)
    model.load_state_dict(best.weights)
    model.classes = train.classes  # type: ignore[assignment]
    return Fitted(model.cpu().eval(), history, best.epoch)


def class_weights(labels: torch.Tensor, classes: tuple[str, ...]) -> torch.Tensor:
    """n / (C·n_c), [C]: each class weighs the same in the loss, however rare it is."""
    counts = torch.bincount(labels, minlength=len(classes))
    if (counts == 0).any():
        absent = [name for name, n in zip(classes, counts.tolist(), strict=True) if n == 0]
        raise DataError(
            f"no training image of class {absent[0]!r}: a classifier needs every class; check the "
            "folder's class names, or give more images"
        )
    return len(labels) / (len(classes) * counts.float())


def make_optimiser(model: nn.Module, recipe: Recipe) -> torch.optim.Optimizer:
    kind = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}[recipe.optimiser]
    return kind(model.parameters(), lr=recipe.learning_rate, weight_decay=recipe.weight_decay)


def train_one_epoch(
    model: nn.Module,
    train: Examples,
    optimiser: torch.optim.Optimizer,
    weights: torch.Tensor,
    recipe: Recipe,
    epoch: int,
    progress: bool = True,
) -> float:
    """One pass over ``train`` in batches; returns the mean loss."""
    seed = recipe.seed * 100_003 + epoch + 1
    torch.manual_seed(seed)  # dropout
    generator = torch.Generator().manual_seed(seed)  # augmentation
    device = next(model.parameters()).device
    weights, scaler = weights.to(device), torch.amp.GradScaler(enabled=device.type == "cuda")
    losses = []
    model.train()
    batches = train.loader(recipe.batch_size, shuffle_seed=seed)
    steps = len(batches)
    for step, (images, labels) in enumerate(
        tqdm(batches, desc=f"epoch {epoch + 1}/{recipe.epochs}", leave=False, disable=not progress)
    ):
        for group in optimiser.param_groups:
            group["lr"] = recipe.rate((epoch + step / steps) / recipe.epochs)
        if recipe.augment:
            images = augment(images, generator)
        with torch.autocast(device.type, enabled=device.type == "cuda"):
            logits = model(images.to(device))
            loss = F.cross_entropy(logits, labels.to(device), weight=weights)
        optimiser.zero_grad()
        scaler.scale(loss).backward()
        scaler.step(optimiser)
        scaler.update()
        losses.append(loss.item())
    return float(np.mean(losses))


def score(model: nn.Module, validation: Examples, weights: torch.Tensor) -> dict[str, Any]:
    """Loss, accuracy and AUROC (None with one class) on ``validation``."""
    P = predict(model, validation.images)
    y = validation.labels
    loss = F.nll_loss(P.clamp(min=1e-12).log(), y, weight=weights)
    return {
        "validation_loss": float(loss),
        "validation_accuracy": float((P.argmax(dim=1) == y).float().mean()),
        "validation_auroc": auroc(y.numpy(), P.numpy()),
    }
