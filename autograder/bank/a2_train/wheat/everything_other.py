# wheat: all four cells in another style, with added cells
# %%
class Mean(nn.Module):
    def forward(self, A):
        return A.mean((2, 3))


def make_block(a, b):
    return nn.Conv2d(a, b, 3, padding=1), nn.BatchNorm2d(b), nn.ReLU(), nn.MaxPool2d(2)

# %% solution="model"
class RetinalCNN(nn.Sequential):
    def __init__(self, n_classes):
        super().__init__(*make_block(3, 32), *make_block(32, 64), *make_block(64, 128), Mean(), nn.Linear(128, n_classes))

# %% solution="training"
def train_one_epoch(model, loader, optimiser, loss):
    was = model.training
    model.train()
    seen = []
    for images, labels in loader:
        optimiser.zero_grad()
        value = loss(input=model(images), target=labels)
        value.backward()
        optimiser.step()
        seen += [value.item()] * len(labels)
    model.train(was)
    return sum(seen) / len(seen)

# %% solution="operating_point"
def operating_point(y_true, p, specificity):
    normal = sorted(float(v) for t, v in zip(y_true, p) if int(t) == 0)
    for t in sorted(set(float(v) for v in p)):
        if sum(v < t for v in normal) >= specificity * len(normal) - 1e-9:
            return t
    return max(float(v) for v in p) + 1e-6

# %% solution="report"
def report(y_true, p, threshold):
    called = [int(v >= threshold) for v in p]
    names = ["tn", "fp", "fn", "tp"]
    cells = dict(zip(names, metrics.confusion_matrix(y_true, called, labels=[0, 1]).ravel()))
    return {
        "confusion": [[int(cells["tn"]), int(cells["fp"])], [int(cells["fn"]), int(cells["tp"])]],
        "auroc": metrics.auc(*metrics.roc_curve(y_true, p)[:2]),
        "auprc": metrics.average_precision_score(y_true, p),
        "sensitivity": cells["tp"] / (cells["tp"] + cells["fn"]),
        "specificity": cells["tn"] / (cells["tn"] + cells["fp"]),
    }
