# chaff: return inside the loop: first batch only
# fails: training.weights
# says: first-batch-only
# %% solution="training"
def train_one_epoch(model, loader, optimiser, loss):
    model.train()
    total, n = 0.0, 0
    for images, labels in loader:
        value = loss(model(images), labels)
        optimiser.zero_grad()
        value.backward()
        optimiser.step()
        total += value.item() * len(labels)
        n += len(labels)
        return total / n
