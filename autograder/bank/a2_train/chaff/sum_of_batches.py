# chaff: returns the sum of the batch means
# fails: training.loss
# says: loss-summed
# %% solution="training"
def train_one_epoch(model, loader, optimiser, loss):
    model.train()
    total, n = 0.0, 0
    for images, labels in loader:
        value = loss(model(images), labels)
        optimiser.zero_grad()
        value.backward()
        optimiser.step()
        total += value.item() 
        n += len(labels)
    return total
