# chaff: divides the images by 255 once more
# fails: training.weights
# says: images-rescaled
# %% solution="training"
def train_one_epoch(model, loader, optimiser, loss):
    model.train()
    total, n = 0.0, 0
    for images, labels in loader:
        value = loss(model(images / 255), labels)
        optimiser.zero_grad()
        value.backward()
        optimiser.step()
        total += value.item() * len(labels)
        n += len(labels)
    return total / n
