# wheat: type hints, prints, a progress bar, a warning, moving batches to the model's device; threshold and confusion table through pandas

# %% solution="model"
import warnings
from typing import Sequence


class RetinalCNN(nn.Module):
    """The network of part 1 — with everything a careful student writes around it."""

    CHANNELS: Sequence[int] = (32, 64, 128)

    def __init__(self, n_classes: int) -> None:
        super().__init__()
        assert n_classes >= 1, "at least one class"
        print(f"building a RetinalCNN for {n_classes} classes")
        before: int = 3
        for number, channels in enumerate(self.CHANNELS, start=1):
            self.add_module(
                f"conv{number}", nn.Conv2d(before, channels, kernel_size=3, stride=1, padding=1)
            )
            setattr(self, f"norm{number}", nn.BatchNorm2d(channels))
            before = channels
        self.relu = nn.ReLU()
        self.pool = nn.MaxPool2d(kernel_size=2)
        self.linear = nn.Linear(before, n_classes)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        if images.ndim != 4:
            warnings.warn("expected [N,3,H,W]", stacklevel=2)
        A = images
        for number in range(1, len(self.CHANNELS) + 1):
            A = getattr(self, f"conv{number}")(A)
            A = getattr(self, f"norm{number}")(A)
            A = self.pool(self.relu(A))
        v = torch.mean(torch.mean(A, dim=3), dim=2)
        return self.linear(v)


# %% solution="training"
import warnings

from tqdm.auto import tqdm


def train_one_epoch(model, loader, optimiser, loss, *, show: bool = True) -> float:
    warnings.warn("training on phantoms", stacklevel=2)
    device = next(model.parameters()).device
    model.train()
    total, n = 0.0, 0
    for images, labels in tqdm(loader, desc="epoch", leave=False, disable=not show):
        images, labels = images.to(device), labels.to(device)
        value = loss(model(images), labels)
        optimiser.zero_grad()
        value.backward()
        optimiser.step()
        total, n = total + float(value) * len(labels), n + len(labels)
    print(f"mean loss {total / n:.4f}")
    return total / n


# %% solution="operating_point"
import pandas as pd


def operating_point(y_true, p, specificity: float) -> float:
    frame = pd.DataFrame({"normal": np.asarray(y_true) == 0, "p": np.asarray(p)})
    per_value = frame.groupby("p", sort=True)["normal"].sum()
    below = per_value.cumsum().shift(fill_value=0)  # normal eyes strictly below each value
    table = below / frame["normal"].sum()
    fine = table[table >= specificity]
    if fine.empty:
        print("nobody can be called")
        return float(frame["p"].max()) * 1.01 + 0.01
    return fine.index[0]


# %% solution="report"
import pandas as pd


def report(y_true, p, threshold):
    frame = pd.DataFrame({"y": np.asarray(y_true).astype(int), "p": np.asarray(p)})
    frame["call"] = (frame["p"] >= threshold).astype(int)
    confusion = pd.crosstab(frame["y"], frame["call"]).reindex(
        index=[0, 1], columns=[0, 1], fill_value=0
    )
    print(confusion)
    sensitivity = frame.query("y == 1")["call"].mean()
    specificity = 1 - frame.query("y == 0")["call"].mean()
    return {
        "confusion": confusion.to_numpy(),
        "specificity": specificity,
        "sensitivity": sensitivity,
        "auprc": metrics.average_precision_score(frame["y"], frame["p"]),
        "auroc": metrics.roc_auc_score(frame["y"], frame["p"]),
    }
