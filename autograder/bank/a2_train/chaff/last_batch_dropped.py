# chaff: skips the smaller last batch
# fails: training.weights
# says: last-batch-left-out
# %% solution="training"
def train_one_epoch(model, loader, optimiser, loss):
    model.train()
    total, n = 0.0, 0
    size = len(next(iter(loader))[1])
    for images, labels in loader:
        if len(labels) < size:
            continue
        value = loss(model(images), labels)
        optimiser.zero_grad()
        value.backward()
        optimiser.step()
        total += value.item() * len(labels)
        n += len(labels)
    return total / n
