# chaff: returns the accuracy
# fails: training.loss
# says: accuracy-returned
# %% solution="training"
def train_one_epoch(model, loader, optimiser, loss):
    model.train()
    right, n = 0, 0
    for images, labels in loader:
        y = model(images)
        optimiser.zero_grad()
        loss(y, labels).backward()
        optimiser.step()
        right += (y.argmax(1) == labels).sum().item()
        n += len(labels)
    return right / n
