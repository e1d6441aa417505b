# chaff: returns all losses
# fails: training.loss
# says: not-one-number
# %% solution="training"
def train_one_epoch(model, loader, optimiser, loss):
    model.train()
    total, n = [], 0
    for images, labels in loader:
        value = loss(model(images), labels)
        optimiser.zero_grad()
        value.backward()
        optimiser.step()
        total.append(value.item())
        n += len(labels)
    return total
