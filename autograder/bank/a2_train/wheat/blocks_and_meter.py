# wheat: ModuleDict, 1x1 head, meter class

# %% solution="model"
class Block(nn.Module):
    def __init__(self, cin, cout):
        super().__init__()
        self.conv = nn.Conv2d(cin, cout, 3, padding=1)
        self.norm = nn.BatchNorm2d(cout)
    def forward(self, x):
        y = self.norm(self.conv(x))
        y = torch.where(y > 0, y, torch.zeros_like(y))
        return F.max_pool2d(y, 2)

class Backbone(nn.Module):
    def __init__(self):
        super().__init__()
        self.b = nn.ModuleDict({"one": Block(3, 32), "two": Block(32, 64), "three": Block(64, 128)})
    def forward(self, x):
        return self.b["three"](self.b["two"](self.b["one"](x)))

class RetinalCNN(Backbone):
    def __init__(self, n_classes):
        super().__init__()
        self.classifier = nn.Conv2d(128, n_classes, 1)
    def forward(self, x):
        maps = super().forward(x)
        y = self.classifier(maps)
        return torch.einsum("nchw->nc", y) / (y.shape[2] * y.shape[3])

# %% solution="training"
class Meter:
    def __init__(self):
        self.sum, self.n = 0.0, 0
    def update(self, value, n=1):
        self.sum += value * n
        self.n += n
    @property
    def avg(self):
        return self.sum / max(self.n, 1)

def step(model, batch, optimiser, criterion):
    images, labels = batch
    criterion_value = criterion(model(images), labels)
    optimiser.zero_grad()
    criterion_value.backward()
    optimiser.step()
    return criterion_value.item(), labels.shape[0]

def train_one_epoch(model, loader, optimiser, loss):
    meter = Meter()
    model.train()
    for batch in loader:
        meter.update(*step(model, batch, optimiser, loss))
    return meter.avg

# %% solution="operating_point"
import pandas as pd
def operating_point(y_true, p, specificity):
    df = pd.DataFrame({"y": np.asarray(y_true), "p": np.asarray(p, dtype=float)}).sort_values("p").reset_index(drop=True)
    neg = (df.y == 0).sum()
    t = None
    for value, group in df.groupby("p"):
        below = ((df.p < value) & (df.y == 0)).sum()
        if below / neg >= specificity:
            t = value
            break
    return t if t is not None else df.p.max() + 1e-6

# %% solution="report"
def report(y_true, p, threshold):
    y, q = torch.as_tensor(np.asarray(y_true)).bool(), torch.as_tensor(np.asarray(p, dtype=float))
    c = q >= threshold
    counts = torch.stack([torch.stack([(~y & ~c).sum(), (~y & c).sum()]), torch.stack([(y & ~c).sum(), (y & c).sum()])])
    rate = counts / counts.sum(1, keepdim=True)
    return {"auroc": torch.tensor(metrics.roc_auc_score(y.numpy(), q.numpy())), "auprc": torch.tensor(metrics.average_precision_score(y.numpy(), q.numpy())),
            "sensitivity": rate[1, 1], "specificity": rate[0, 0], "confusion": counts}
