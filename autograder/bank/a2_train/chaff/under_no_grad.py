# chaff: the whole epoch under no_grad
# fails: training
# says: gradient-cut
# %% solution="training"
def train_one_epoch(model, loader, optimiser, loss):
    model.train()
    torch.set_grad_enabled(False)
    total, n = 0.0, 0
    for images, labels in loader:
        value = loss(model(images), labels)
        optimiser.zero_grad()
        value.backward()
        optimiser.step()
        total += value.item() * len(labels)
        n += len(labels)
    return total / n
