# chaff: makes its own loss, without the class weights
# fails: training.weights
# says: loss-ignored
# %% solution="training"
def train_one_epoch(model, loader, optimiser, loss):
    model.train()
    total, n = 0.0, 0
    for images, labels in loader:
        value = F.cross_entropy(model(images), labels)
        optimiser.zero_grad()
        value.backward()
        optimiser.step()
        total += value.item() * len(labels)
        n += len(labels)
    return total / n
