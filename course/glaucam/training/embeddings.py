"""What the network knows before its last layer: features, their neighbours, and a flat picture."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import nn

from glaucam.errors import InputError, ModelError
from glaucam.models.state import preserved
from glaucam.training.image_stream import ImageStream

DISTANCES = ("cosine", "euclidean")
KS = (5, 10)


@torch.no_grad()
def embed(
    model: nn.Module, images: torch.Tensor | ImageStream, batch_size: int = 64
) -> torch.Tensor:
    """Penultimate features float32 [N,D] on the CPU: what the last linear layer is given.

    The last is the one that runs last. The network is left as it was. Raises ModelError where no
    linear layer runs, or where the last is given no [N,D].
    """
    given: list[torch.Tensor] = []
    device = next(model.parameters()).device
    pieces = []
    with preserved(model):
        hooks = [
            module.register_forward_pre_hook(lambda _module, inputs: given.append(inputs[0]))
            for module in model.modules()
            if isinstance(module, nn.Linear)
        ]
        try:
            for piece in images.split(batch_size):
                given.clear()
                model(piece.to(device))
                pieces.append(_features(model, given, len(piece)))
        finally:
            for hook in hooks:
                hook.remove()
    return torch.cat(pieces)


def _features(model: nn.Module, given: list[torch.Tensor], n: int) -> torch.Tensor:
    if not given:
        raise ModelError(
            f"{type(model).__name__} runs no linear layer: its features are not what a linear "
            "layer is given, so take them with a hook of your own"
        )
    if given[-1].ndim != 2 or len(given[-1]) != n:
        raise ModelError(
            f"the last linear layer of {type(model).__name__} is given "
            f"{list(given[-1].shape)}, expected one vector per image, [{n},D]"
        )
    return given[-1].detach().float().cpu().clone()


def nearest(
    train: Any, test: Any, k: int, distance: str = "cosine"
) -> tuple[np.ndarray, np.ndarray]:
    """(indices int64 [M,k] into ``train``, distances [M,k]) of the nearest; [N,D] and [M,D].

    cosine: 1 − x·y / (|x| |y|). Equal distances keep the order of ``train``.
    """
    X, Y = _checked(train, test)
    if distance not in DISTANCES:
        raise InputError(f"distance {distance!r}; expected {' or '.join(DISTANCES)}")
    if not 1 <= k <= len(X):
        raise InputError(f"k is {k}; expected 1 to {len(X)}, the number of training features")
    if distance == "cosine":
        X, Y = (A / np.maximum(np.linalg.norm(A, axis=1, keepdims=True), 1e-12) for A in (X, Y))
        D = 1 - Y @ X.T  # [M,N]
    else:
        squares = (Y**2).sum(axis=1)[:, None] + (X**2).sum(axis=1)[None, :] - 2 * Y @ X.T
        D = np.sqrt(np.maximum(squares, 0))
    order = np.argsort(D, axis=1, kind="stable")[:, :k]
    return order, np.take_along_axis(D, order, axis=1)


def knn_probe(
    train: Any, labels: Any, test: Any, k: int = 5, distance: str = "cosine"
) -> np.ndarray:
    """The label int64 [M] that most of the ``k`` nearest training features have.

    train [N,D], labels [N], test [M,D]. Where two labels are as frequent, the smaller one, as in
    scikit-learn. How far classes lie apart before the last layer says so (Caron et al. 2021, DINO).
    """
    labels = np.asarray(labels)
    order, _ = nearest(train, test, k, distance)
    if labels.shape != (len(np.asarray(train)),):
        raise InputError(f"labels have shape {list(labels.shape)}, expected one per training row")
    votes = np.zeros((len(order), int(labels.max()) + 1), np.int64)
    for neighbour in order.T:  # [M]
        np.add.at(votes, (np.arange(len(order)), labels[neighbour]), 1)
    return votes.argmax(axis=1)


def probe_report(
    train: Any, labels: Any, test: Any, test_labels: Any, distance: str = "cosine"
) -> list[dict[str, Any]]:
    """Accuracy of the probe at k = 5 and 10, as JSON rows: ``k, distance, n, accuracy``.

    A k beyond the number of training features is left out.
    """
    truth = np.asarray(test_labels)
    rows = []
    for k in KS:
        if k <= len(labels):
            right = knn_probe(train, labels, test, k, distance) == truth
            rows.append({"k": k, "distance": distance, "n": len(truth),
                         "accuracy": float(right.mean())})  # fmt: skip
    return rows


def flatten(features: Any, seed: int = 0, with_umap: bool = True) -> pd.DataFrame:
    """Two dimensions for the eye: columns ``pca_1, pca_2`` and ``umap_1, umap_2``, a row each.

    PCA keeps distances as far as two axes can; UMAP (McInnes et al. 2018) keeps neighbours, and
    its distances between clusters mean nothing. The same for the same ``seed``. Raises InputError
    for fewer than 4 features, or where umap-learn is missing.
    """
    X, _ = _checked(features, features)
    if len(X) < 4:
        raise InputError(f"{len(X)} features; expected at least 4 to lay out")
    from sklearn.decomposition import PCA

    columns = {"pca": PCA(2, random_state=seed).fit_transform(X)}
    if with_umap:
        columns["umap"] = _umap(X, seed)
    return pd.DataFrame(
        {f"{name}_{axis + 1}": flat[:, axis] for name, flat in columns.items() for axis in (0, 1)}
    )


def _umap(X: np.ndarray, seed: int) -> np.ndarray:
    try:
        from umap import UMAP
    except ImportError:
        raise InputError(
            "UMAP needs umap-learn, which is not installed: pip install 'glaucam[teach]', or ask "
            "for PCA alone"
        ) from None
    neighbours = min(15, len(X) - 1)
    method = "random" if len(X) < 16 else "spectral"  # too few for eigenvectors
    return UMAP(n_neighbors=neighbours, init=method, random_state=seed, n_jobs=1).fit_transform(X)


def _checked(train: Any, test: Any) -> tuple[np.ndarray, np.ndarray]:
    X, Y = (np.asarray(A, np.float64) for A in (train, test))
    if X.ndim != 2 or Y.ndim != 2 or X.shape[1] != Y.shape[1]:
        raise InputError(
            f"features have shapes {list(X.shape)} and {list(Y.shape)}, expected [N,D] and [M,D]"
        )
    if not (np.isfinite(X).all() and np.isfinite(Y).all()):
        raise InputError("features hold NaN or infinite values: check the model and its input")
    return X, Y
