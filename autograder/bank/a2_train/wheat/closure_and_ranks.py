# wheat: pool before ReLU; a closure

# %% solution="model"
class RetinalCNN(nn.Module):
    def __init__(self, n_classes):
        super().__init__()
        self.net = nn.Sequential(
            nn.Conv2d(3, 32, 3, padding=1), nn.BatchNorm2d(32), nn.MaxPool2d(2), nn.ReLU(),
            nn.Conv2d(32, 64, 3, padding=1), nn.BatchNorm2d(64), nn.MaxPool2d(2), nn.ReLU(),
            nn.Conv2d(64, 128, 3, padding=1), nn.BatchNorm2d(128), nn.MaxPool2d(2), nn.ReLU(),
            nn.AdaptiveAvgPool2d((1, 1)), nn.Flatten(), nn.Linear(128, n_classes))

    def forward(self, images):
        return self.net(images)

# %% solution="training"
def train_one_epoch(model, loader, optimiser, loss):
    for m in model.modules():
        m.training = True
    mean, seen = 0.0, 0
    for images, labels in loader:
        def closure():
            for p in model.parameters():
                p.grad = None
            value = loss(model(images), labels)
            value.backward()
            return value
        value = optimiser.step(closure)
        seen += len(images)
        mean += (value.item() - mean) * len(images) / seen
    return torch.tensor(mean)

# %% solution="operating_point"
from sklearn.metrics import roc_curve
def operating_point(y_true, p, specificity):
    y_true = np.array(y_true); p = np.array(p, dtype=float)
    fpr, tpr, thr = roc_curve(y_true, p, drop_intermediate=False)
    negatives = (y_true == 0).sum()
    false = np.rint(fpr * negatives)
    ok = (negatives - false) / negatives >= specificity
    return float(thr[ok][-1])

# %% solution="report"
import pandas as pd
from scipy.stats import rankdata
def report(y_true, p, threshold):
    df = pd.DataFrame({"y": np.asarray(y_true), "p": np.asarray(p, dtype=float)})
    df["call"] = (df["p"] >= threshold).astype(int)
    table = pd.crosstab(df["y"], df["call"]).reindex(index=[0, 1], columns=[0, 1], fill_value=0)
    n1 = (df.y == 1).sum(); n0 = len(df) - n1
    r = rankdata(df.p)
    u = r[(df.y == 1).values].sum() - n1 * (n1 + 1) / 2
    row = table.div(table.sum(axis=1), axis=0)
    return {"auroc": np.float32(u / (n0 * n1)), "auprc": metrics.average_precision_score(df.y, df.p),
            "sensitivity": row.loc[1, 1], "specificity": row.loc[0, 0], "confusion": table.values}
