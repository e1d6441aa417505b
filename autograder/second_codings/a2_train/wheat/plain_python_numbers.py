# wheat: layers one by one with functional relu and pooling; plain mean over batches; threshold, AUROC and average precision in pure Python without numpy or sklearn

# %% solution="model"
class RetinalCNN(nn.Module):
    def __init__(self, n_classes):
        super(RetinalCNN, self).__init__()
        self.conv1 = nn.Conv2d(3, 32, 3, padding="same")
        self.bn1 = nn.BatchNorm2d(32)
        self.conv2 = nn.Conv2d(32, 64, 3, padding="same")
        self.bn2 = nn.BatchNorm2d(64)
        self.conv3 = nn.Conv2d(64, 128, 3, padding="same")
        self.bn3 = nn.BatchNorm2d(128)
        self.fc = nn.Linear(128, n_classes)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.bn1(self.conv1(x))), 2)
        x = F.max_pool2d(F.relu(self.bn2(self.conv2(x))), 2)
        x = F.max_pool2d(F.relu(self.bn3(self.conv3(x))), 2)
        return self.fc(x.mean(dim=[2, 3]))


# %% solution="training"
from statistics import fmean


def train_one_epoch(model, loader, optimiser, loss):
    model.train()
    losses = []
    for batch in loader:
        images, labels = batch
        prediction = model(images)
        batch_loss = loss(prediction, labels)
        optimiser.zero_grad()
        batch_loss.backward()
        optimiser.step()
        losses.append(batch_loss.item())
    return fmean(losses)


# %% solution="operating_point"
def operating_point(y_true, p, specificity):
    truth = [int(v) for v in y_true]
    prob = [float(v) for v in p]
    healthy = [q for q, t in zip(prob, truth) if t == 0]
    for candidate in sorted(set(prob)):
        spared = 0
        for q in healthy:
            if q < candidate:
                spared += 1
        if spared >= specificity * len(healthy) - 1e-9:
            return candidate
    return max(prob) + 1


# %% solution="report"
def report(y_true, p, threshold):
    eyes = [(float(q), int(t)) for q, t in zip(p, y_true)]
    ill = [q for q, t in eyes if t == 1]
    well = [q for q, t in eyes if t == 0]
    # every pair (ill, well): right order 1, tie one half
    wins = sum((a > b) + 0.5 * (a == b) for a in ill for b in well)
    ap, recall_before = 0.0, 0.0
    for cut in sorted({q for q, _ in eyes}, reverse=True):
        hits = sum(q >= cut for q in ill)
        called = hits + sum(q >= cut for q in well)
        ap += (hits / len(ill) - recall_before) * hits / called
        recall_before = hits / len(ill)
    tp = sum(q >= threshold for q in ill)
    fp = sum(q >= threshold for q in well)
    return {
        "auroc": wins / (len(ill) * len(well)),
        "auprc": ap,
        "sensitivity": tp / len(ill),
        "specificity": 1 - fp / len(well),
        "confusion": ((len(well) - fp, fp), (len(ill) - tp, tp)),
    }
