# wheat: the network IS an nn.Sequential (no forward of its own, no conv biases); threshold from roc_curve; infinite line when nobody may be called

# %% solution="model"
class RetinalCNN(nn.Sequential):
    def __init__(self, n_classes):
        def stage(a, b):
            return [
                nn.Conv2d(a, b, kernel_size=3, padding=1, bias=False),
                nn.BatchNorm2d(b),
                nn.ReLU(inplace=True),
                nn.MaxPool2d(2),
            ]

        super().__init__(
            *stage(3, 32),
            *stage(32, 64),
            *stage(64, 128),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
            nn.Linear(128, n_classes),
        )


# %% solution="training"
def train_one_epoch(model, loader, optimiser, loss):
    model.train()
    seen = 0
    summed = 0.0
    for x, t in loader:
        optimiser.zero_grad(set_to_none=True)
        out = model(x)
        l = loss(out, t)
        l.backward()
        optimiser.step()
        summed += l.detach() * x.shape[0]
        seen += x.shape[0]
    return (summed / seen).item()


# %% solution="operating_point"
def operating_point(y_true, p, specificity):
    fpr, _, cuts = metrics.roc_curve(np.asarray(y_true), np.asarray(p), drop_intermediate=False)
    good = (1 - fpr) >= specificity - 1e-12
    return cuts[good].min()


# %% solution="report"
def report(y_true, p, threshold):
    y, p = np.asarray(y_true), np.asarray(p)
    cm = metrics.confusion_matrix(y, p >= threshold, labels=[0, 1])
    (tn, fp), (fn, tp) = cm
    return dict(
        auroc=metrics.roc_auc_score(y, p),
        auprc=metrics.average_precision_score(y, p),
        sensitivity=tp / (tp + fn),
        specificity=tn / (tn + fp),
        confusion=cm,
    )
