# wheat: ModuleList, no bias, own init; tqdm

# %% solution="model"
def conv_block(i, o):
    return nn.Sequential(nn.Conv2d(i, o, 3, 1, 1, bias=False), nn.BatchNorm2d(o), nn.ReLU(inplace=True), nn.MaxPool2d(kernel_size=2, stride=2))

class RetinalCNN(nn.Module):
    widths = [3, 32, 64, 128]
    def __init__(self, n_classes: int) -> None:
        super().__init__()
        self.blocks = nn.ModuleList([conv_block(i, o) for i, o in zip(self.widths[:-1], self.widths[1:])])
        self.head = nn.Linear(self.widths[-1], n_classes)
        for m in self.modules():
            if isinstance(m, nn.Conv2d):
                nn.init.kaiming_normal_(m.weight)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        x = images
        for block in self.blocks:
            x = block(x)
        return self.head(x.flatten(2).mean(-1))

# %% solution="training"
from tqdm import tqdm
def train_one_epoch(model, loader, optimiser, loss, device=None, verbose=True):
    device = device or next(model.parameters()).device
    model.train()
    optimiser.zero_grad()
    running = 0.0
    for images, labels in tqdm(loader, desc="epoch"):
        images, labels = images.to(device), labels.to(device).long()
        logits = model(images)
        err = loss(logits, labels)
        err.backward()
        optimiser.step()
        optimiser.zero_grad()
        running += float(err)
    if verbose:
        print("mean loss", running / len(loader))
    return running / len(loader)

# %% solution="operating_point"
def operating_point(y_true, p, specificity):
    y, q = torch.as_tensor(y_true).numpy(), torch.as_tensor(p).numpy().astype("float64")
    candidates = np.concatenate([[q.min()], np.nextafter(np.sort(q), np.inf)])
    good = [t for t in candidates if np.mean(q[y == 0] < t) >= specificity]
    return min(good)

# %% solution="report"
from sklearn.metrics import auc, precision_recall_curve, recall_score, roc_curve
def report(y_true, p, threshold, digits=None):
    y_true = torch.as_tensor(y_true).numpy()
    p = torch.as_tensor(p).numpy()
    pred = np.where(p < threshold, 0, 1)
    fpr, tpr, _ = roc_curve(y_true, p)
    precision, recall, _ = precision_recall_curve(y_true, p)
    result = {}
    result["auroc"] = auc(fpr, tpr)
    result["auprc"] = auc(recall, precision)
    result["sensitivity"] = recall_score(y_true, pred, pos_label=1)
    result["specificity"] = recall_score(y_true, pred, pos_label=0)
    cm = np.zeros((2, 2), dtype=int)
    np.add.at(cm, (y_true, pred), 1)
    result["confusion"] = cm
    result["accuracy"] = (pred == y_true).mean()
    return result
