# wheat: a Block class; the optimiser is stepped through a closure; threshold by searchsorted in the sorted normal eyes; auprc by the trapezoid rule

# %% solution="model"
class Block(nn.Module):
    def __init__(self, c_in, c_out):
        super().__init__()
        self.body = nn.Sequential()
        self.body.add_module("conv", nn.Conv2d(c_in, c_out, (3, 3), padding=(1, 1)))
        self.body.add_module("norm", nn.BatchNorm2d(c_out))
        self.body.add_module("act", nn.ReLU())
        self.body.add_module("pool", nn.MaxPool2d((2, 2), stride=(2, 2)))

    def forward(self, A):
        return self.body(A)


class RetinalCNN(nn.Module):
    def __init__(self, n_classes):
        super().__init__()
        self.block1, self.block2, self.block3 = Block(3, 32), Block(32, 64), Block(64, 128)
        self.head = nn.Linear(128, n_classes)

    def forward(self, images):
        A = self.block3(self.block2(self.block1(images)))
        v = torch.einsum("nkij->nk", A) / (A.shape[-1] * A.shape[-2])
        return self.head(v)


# %% solution="training"
def train_one_epoch(model, loader, optimiser, loss):
    model.train()
    total = n = 0

    for images, labels in loader:

        def closure():
            optimiser.zero_grad()
            value = loss(model(images), labels)
            value.backward()
            return value

        total += optimiser.step(closure).item() * len(images)
        n += len(images)
    return total / n


# %% solution="operating_point"
def operating_point(y_true, p, specificity):
    y_true = np.array(y_true).ravel()
    p = np.array(p, dtype=float).ravel()
    normal = np.sort(p[y_true == 0])
    candidates = np.append(np.unique(p), np.inf)
    below = np.searchsorted(normal, candidates, side="left")
    return float(candidates[np.argmax(below / len(normal) >= specificity)])


# %% solution="report"
from types import SimpleNamespace


def report(y_true, p, threshold):
    y_true = np.asarray(y_true)
    p = np.asarray(p)
    called = (p >= threshold).astype(int)
    r = SimpleNamespace()
    r.auroc = metrics.roc_auc_score(y_true, p)
    precision, recall, _ = metrics.precision_recall_curve(y_true, p)
    r.auprc = metrics.auc(recall, precision)
    r.sensitivity = metrics.recall_score(y_true, called, zero_division=0)
    r.specificity = metrics.recall_score(y_true, called, pos_label=0, zero_division=0)
    r.confusion = metrics.confusion_matrix(y_true, called, labels=[0, 1]).tolist()
    return vars(r)
