# wheat: gradients from torch.autograd.grad put into .grad by hand; threshold by counting how many normal eyes must be below, the next float when nobody may be called; AUROC from ranks; figures rounded to three digits

# %% solution="model"
def conv_unit(c, k):
    return nn.Sequential(
        nn.Conv2d(c, k, 3, padding=1, bias=False), nn.BatchNorm2d(k), nn.ReLU(), nn.MaxPool2d(2)
    )


class RetinalCNN(nn.Module):
    def __init__(self, n_classes):
        super().__init__()
        self.features = nn.Sequential(conv_unit(3, 32), conv_unit(32, 64), conv_unit(64, 128))
        self.classifier = nn.Sequential(
            nn.AdaptiveAvgPool2d((1, 1)), nn.Flatten(), nn.Linear(128, n_classes)
        )

    def forward(self, images):
        return self.classifier(self.features(images))


# %% solution="training"
def train_one_epoch(model, loader, optimiser, loss):
    model.train()
    weights = [w for w in model.parameters() if w.requires_grad]
    record = []
    for images, labels in loader:
        value = loss(model(images), labels)
        for w, g in zip(weights, torch.autograd.grad(value, weights, allow_unused=True)):
            w.grad = g
        optimiser.step()
        record.append((value.item(), len(labels)))
    losses, sizes = zip(*record)
    return np.average(losses, weights=sizes)


# %% solution="operating_point"
import math


def operating_point(y_true, p, specificity):
    y_true, p = np.asarray(y_true), np.asarray(p, dtype=np.float64)
    normal = np.sort(p[y_true == 0])
    needed = math.ceil(specificity * normal.size - 1e-9)
    if needed <= 0:
        return p.min()
    above = p[p > normal[needed - 1]]
    if above.size:
        return above.min()
    return np.nextafter(p.max(), np.inf)


# %% solution="report"
from scipy.stats import rankdata


def report(y_true, p, threshold):
    y = np.asarray(y_true).astype(bool)
    p = np.asarray(p, dtype=np.float64)
    n1, n0 = y.sum(), (~y).sum()
    u = rankdata(p)[y].sum() - n1 * (n1 + 1) / 2
    cut = np.unique(p)[::-1]
    hit = np.array([(p[y] >= c).sum() for c in cut])
    call = np.array([(p >= c).sum() for c in cut])
    ap = np.sum(np.diff(hit / n1, prepend=0) * hit / call)
    call_t = p >= threshold
    confusion = np.histogram2d(y.astype(float), call_t.astype(float), bins=[[-0.5, 0.5, 1.5]] * 2)[
        0
    ].astype(int)
    figures = {
        "sensitivity": call_t[y].mean(),
        "specificity": 1 - call_t[~y].mean(),
        "auroc": u / (n1 * n0),
        "auprc": ap,
    }
    return {k: round(float(v), 3) for k, v in figures.items()} | {"confusion": confusion}
