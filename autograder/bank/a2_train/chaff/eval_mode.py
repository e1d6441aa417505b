# chaff: model.eval() before training
# fails: training.weights
# says: no-train-mode
# %% solution="training"
def train_one_epoch(model, loader, optimiser, loss):
    model.eval()
    total, n = 0.0, 0
    for images, labels in loader:
        value = loss(model(images), labels)
        optimiser.zero_grad()
        value.backward()
        optimiser.step()
        total += value.item() * len(labels)
        n += len(labels)
    return total / n
