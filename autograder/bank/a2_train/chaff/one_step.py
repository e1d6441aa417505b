# chaff: one step at the end of the epoch
# fails: training.weights
# says: one-step-per-epoch
# %% solution="training"
def train_one_epoch(model, loader, optimiser, loss):
    model.train()
    total, n = 0.0, 0
    optimiser.zero_grad()
    for images, labels in loader:
        value = loss(model(images), labels)
        value.backward()
        total += value.item() * len(labels)
        n += len(labels)
    optimiser.step()
    return total / n
