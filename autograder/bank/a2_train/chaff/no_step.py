# chaff: never steps
# fails: training.weights, training.learns
# says: no-step
# %% solution="training"
def train_one_epoch(model, loader, optimiser, loss):
    model.train()
    total, n = 0.0, 0
    for images, labels in loader:
        value = loss(model(images), labels)
        optimiser.zero_grad()
        value.backward()
        total += value.item() * len(labels)
        n += len(labels)
    return total / n
