# chaff: takes the first batch out to look at the shapes
# fails: training.weights
# says: first-batch-left-out
# %% solution="training"
def train_one_epoch(model, loader, optimiser, loss):
    model.train()
    total, n = 0.0, 0
    batches = iter(loader)
    print(next(batches)[0].shape)
    for images, labels in batches:
        value = loss(model(images), labels)
        optimiser.zero_grad()
        value.backward()
        optimiser.step()
        total += value.item() * len(labels)
        n += len(labels)
    return total / n
