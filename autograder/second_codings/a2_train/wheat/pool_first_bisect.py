# wheat: pooling before the ReLU (the same numbers, a quarter of the work), kaiming start; loader driven by next(); threshold by bisection, since specificity only grows; rates from classification_report

# %% solution="model"
class RetinalCNN(nn.Module):
    def __init__(self, n_classes):
        super().__init__()
        layers, c = [], 3
        for k in (32, 64, 128):
            conv = nn.Conv2d(c, k, 3, padding=1)
            nn.init.kaiming_normal_(conv.weight, nonlinearity="relu")
            nn.init.zeros_(conv.bias)
            # max and ReLU commute
            layers += [conv, nn.BatchNorm2d(k), nn.MaxPool2d(2), nn.ReLU()]
            c = k
        self.stem = nn.Sequential(*layers)
        self.fc = nn.Linear(c, n_classes)

    def forward(self, images):
        maps = self.stem(images)
        pooled = F.avg_pool2d(maps, kernel_size=maps.shape[-2:])
        return self.fc(pooled.flatten(start_dim=1))


# %% solution="training"
def train_one_epoch(model, loader, optimiser, loss):
    model.train()
    batches = iter(loader)
    losses = np.array([])
    counts = np.array([])
    optimiser.zero_grad()
    while True:
        try:
            images, labels = next(batches)
        except StopIteration:
            break
        error = loss(model(images), labels)
        error.backward()
        optimiser.step()
        optimiser.zero_grad()
        losses = np.append(losses, error.detach().numpy())
        counts = np.append(counts, labels.numel())
    return losses @ counts / counts.sum()


# %% solution="operating_point"
import bisect


def operating_point(y_true, p, specificity):
    y_true, p = np.asarray(y_true), np.asarray(p)
    normals = p[y_true == 0]
    steps = sorted(p.tolist())
    i = bisect.bisect_left(steps, specificity, key=lambda t: np.mean(normals < t))
    return steps[i] if i < len(steps) else 2.0


# %% solution="report"
def report(y_true, p, threshold):
    y_true, p = np.asarray(y_true, dtype=int), np.asarray(p, dtype=float)
    called = np.greater_equal(p, threshold).astype(int)
    rows = metrics.classification_report(
        y_true, called, labels=[0, 1], output_dict=True, zero_division=0
    )
    fpr, tpr, _ = metrics.roc_curve(y_true, p)
    confusion = np.zeros((2, 2), dtype=np.int64)
    np.add.at(confusion, (y_true, called), 1)
    return {
        "auroc": metrics.auc(fpr, tpr),
        "auprc": metrics.average_precision_score(y_true, p),
        "sensitivity": rows["1"]["recall"],
        "specificity": rows["0"]["recall"],
        "confusion": confusion,
    }
