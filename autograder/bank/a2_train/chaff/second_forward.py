# chaff: a second forward pass in train mode for the accuracy
# fails: training.weights
# says: second-look
# %% solution="training"
def train_one_epoch(model, loader, optimiser, loss):
    model.train()
    total, n = 0.0, 0
    for images, labels in loader:
        value = loss(model(images), labels)
        accuracy = (model(images).argmax(1) == labels).float().mean()
        optimiser.zero_grad()
        value.backward()
        optimiser.step()
        total += value.item() * len(labels)
        n += len(labels)
    return total / n
