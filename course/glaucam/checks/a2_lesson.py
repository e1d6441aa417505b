"""Does a loop teach? A few epochs on public phantoms, with true labels and with shuffled ones."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import torch
from sklearn.metrics import roc_auc_score
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

FITS, GAP = 0.8, 0.15  # AUROC on the eyes shown; true labels against shuffled ones, on unseen eyes
SHOWN, UNSEEN, SEED = 64, 24, 4400


@lru_cache(maxsize=1)
def public_phantoms() -> tuple[torch.Tensor, torch.Tensor]:
    """Disc crops [N,3,32,32], far gone or healthy, and their labels."""
    from glaucam.data import FundusParameters, PhantomFundus, Preprocessing

    data = PhantomFundus(SHOWN + UNSEEN, SEED, FundusParameters(128, "crop", severity=2.0))
    images = Preprocessing(size=32).batch(data.image(i) for i in range(len(data)))
    return images, torch.from_numpy(data.labels)


def taught_twice(call: Callable[..., Any], train_one_epoch: Any) -> tuple[float, float, float]:
    """AUROC on the eyes shown; on unseen ones after true labels; after mostly wrong ones."""
    _, labels = public_phantoms()
    shuffled = 1 - labels[:SHOWN]
    shuffled[::4] = labels[:SHOWN:4]
    shown, unseen = _taught(call, train_one_epoch, labels[:SHOWN])
    _, misled = _taught(call, train_one_epoch, shuffled)
    return (
        float(roc_auc_score(labels[:SHOWN], shown)),
        float(roc_auc_score(labels[SHOWN:], unseen)),
        float(roc_auc_score(labels[SHOWN:], misled)),
    )


def _taught(
    call: Callable[..., Any], train_one_epoch: Any, labels: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """y[1] − y[0] for the eyes shown and the unseen ones, after eight epochs."""
    from glaucam.models.retinal_cnn import RetinalCNN

    images, _ = public_phantoms()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        net = RetinalCNN(2)
        optimiser = torch.optim.Adam(net.parameters(), lr=2e-3)
        data = TensorDataset(images[:SHOWN], labels)
        for _ in range(8):
            loader = DataLoader(data, batch_size=8, shuffle=True)
            call(train_one_epoch, net, loader, optimiser, nn.CrossEntropyLoss())
    with torch.no_grad():
        y = net.eval()(images)
    y = torch.nan_to_num(y[:, 1] - y[:, 0])
    return y[:SHOWN], y[SHOWN:]
