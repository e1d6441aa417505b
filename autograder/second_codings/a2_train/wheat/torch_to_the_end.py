# wheat: ModuleList walked in a loop, everything in torch; the threshold is a 0-d tensor half way between two eyes; the confusion table is a tensor from bincount

# %% solution="model"
class RetinalCNN(nn.Module):
    def __init__(self, n_classes):
        super().__init__()
        widths = [3, 32, 64, 128]
        self.convs = nn.ModuleList(nn.Conv2d(i, o, 3, 1, 1) for i, o in zip(widths, widths[1:]))
        self.norms = nn.ModuleList(nn.BatchNorm2d(o) for o in widths[1:])
        self.out = nn.Linear(widths[-1], n_classes)

    def forward(self, images):
        h = images
        for conv, norm in zip(self.convs, self.norms):
            h = torch.max_pool2d(torch.relu(norm(conv(h))), kernel_size=2)
        return self.out(torch.flatten(h, 2).mean(-1))


# %% solution="training"
def train_one_epoch(model, loader, optimiser, loss):
    model.train(True)
    values, sizes = [], []
    with torch.enable_grad():
        for images, labels in loader:
            for group in optimiser.param_groups:
                for w in group["params"]:
                    w.grad = None
            value = loss(model(images), labels)
            value.backward()
            optimiser.step()
            values.append(value.detach())
            sizes.append(len(labels))
    values, sizes = torch.stack(values), torch.tensor(sizes, dtype=torch.float32)
    return float((values * sizes).sum() / sizes.sum())


# %% solution="operating_point"
def operating_point(y_true, p, specificity):
    y = torch.as_tensor(y_true)
    p = torch.as_tensor(p).to(torch.float64)
    levels = torch.unique(p)  # ascending
    normal = p[y == 0]
    spec = (normal[None, :] < levels[:, None]).double().mean(dim=1)
    ok = torch.nonzero(spec >= specificity - 1e-9).flatten()
    if len(ok) == 0:
        return levels[-1] + 0.5
    k = int(ok[0])
    if k == 0:
        return levels[0]
    return (levels[k - 1] + levels[k]) / 2


# %% solution="report"
def report(y_true, p, threshold):
    y = torch.as_tensor(y_true).long().flatten()
    p = torch.as_tensor(p).double().flatten()
    a, b = p[y == 1], p[y == 0]
    delta = a[:, None] - b[None, :]
    auroc = (delta > 0).double().mean() + (delta == 0).double().mean() / 2
    cuts = torch.unique(p).flip(0)
    tp = (a[None] >= cuts[:, None]).sum(1).double()
    called = (p[None] >= cuts[:, None]).sum(1).double()
    recall = tp / len(a)
    auprc = (torch.diff(recall, prepend=torch.zeros(1, dtype=torch.float64)) * tp / called).sum()
    table = torch.bincount(2 * y + (p >= float(threshold)).long(), minlength=4).reshape(2, 2)
    rates = table.double() / table.sum(1, keepdim=True)
    return {
        "auroc": auroc,
        "auprc": auprc,
        "sensitivity": rates[1, 1],
        "specificity": rates[0, 0],
        "confusion": table,
    }
