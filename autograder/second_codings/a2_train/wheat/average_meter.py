# wheat: a meter object for the mean, gradients emptied through the model; default arguments; threshold by a generator; the report holds more keys than were asked for

# %% solution="model"
class RetinalCNN(nn.Module):
    def __init__(self, n_classes=2, widths=(32, 64, 128), in_channels=3):
        super().__init__()
        blocks = {}
        for i, (a, b) in enumerate(zip((in_channels, *widths), widths)):
            blocks[f"block{i}"] = nn.ModuleDict(
                {"conv": nn.Conv2d(a, b, 3, padding=1), "bn": nn.BatchNorm2d(b)}
            )
        self.blocks = nn.ModuleDict(blocks)
        self.logits = nn.Linear(widths[-1], n_classes)

    def features(self, x):
        for block in self.blocks.values():
            x = block["bn"](block["conv"](x)).clamp(min=0)
            x = F.max_pool2d(x, 2)
        return x

    def forward(self, images):
        return self.logits(F.adaptive_avg_pool2d(self.features(images), 1)[..., 0, 0])


# %% solution="training"
class AverageMeter:
    def __init__(self):
        self.sum, self.count = 0.0, 0

    def update(self, value, n=1):
        self.sum += value * n
        self.count += n

    @property
    def avg(self):
        return self.sum / self.count


def train_one_epoch(model, loader, optimiser, loss):
    meter = AverageMeter()
    model.train()
    for i, (images, labels) in enumerate(loader):
        model.zero_grad()
        logits = model(images)
        value = loss(logits, labels)
        value.backward()
        optimiser.step()
        meter.update(value.item(), images.size(0))
    return meter.avg


# %% solution="operating_point"
def operating_point(y_true, p, specificity):
    y_true, p = map(np.asarray, (y_true, p))
    is_normal = y_true == 0
    return next(
        (
            t
            for t in np.unique(p)
            if np.count_nonzero(is_normal & (p < t)) / is_normal.sum() >= specificity
        ),
        1e9,
    )


# %% solution="report"
def report(y_true, p, threshold):
    y = [int(v) for v in y_true]
    p = [float(v) for v in p]
    call = [int(v >= threshold) for v in p]
    confusion = [[sum(a == i and b == j for a, b in zip(y, call)) for j in (0, 1)] for i in (0, 1)]
    (tn, fp), (fn, tp) = confusion
    result = {"confusion": confusion, "n": len(y), "threshold": threshold}
    result["accuracy"] = (tn + tp) / len(y)
    result["sensitivity"] = tp / (fn + tp)
    result["specificity"] = tn / (tn + fp)
    result["ppv"] = tp / (tp + fp) if tp + fp else float("nan")
    result["auroc"] = metrics.roc_auc_score(y, p)
    result["auprc"] = metrics.average_precision_score(y, p)
    return result
