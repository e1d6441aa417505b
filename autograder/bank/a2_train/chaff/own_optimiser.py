# chaff: makes its own optimiser
# fails: training.weights
# says: optimiser-ignored
# %% solution="training"
def train_one_epoch(model, loader, optimiser, loss):
    model.train()
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3)
    total, n = 0.0, 0
    for images, labels in loader:
        value = loss(model(images), labels)
        optimiser.zero_grad()
        value.backward()
        optimiser.step()
        total += value.item() * len(labels)
        n += len(labels)
    return total / n
