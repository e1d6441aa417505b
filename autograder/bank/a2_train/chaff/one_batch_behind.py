# chaff: steps at the start of the loop, with the gradient of the batch before
# fails: training.weights
# says: step-before-backward
# %% solution="training"
def train_one_epoch(model, loader, optimiser, loss):
    model.train()
    total, n = 0.0, 0
    for images, labels in loader:
        optimiser.step()
        value = loss(model(images), labels)
        optimiser.zero_grad()
        value.backward()
        total += value.item() * len(labels)
        n += len(labels)
    return total / n
