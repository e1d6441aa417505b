# chaff: the model trains in whatever mode it comes in; a helper that remembers and restores the mode looks careful
# fails: training
# mistake: no train mode (BatchNorm does not follow)

# %% solution="training"
def train_one_epoch(model, loader, optimiser, loss):
    mode = model.training
    total, n = 0.0, 0
    for images, labels in loader:
        optimiser.zero_grad()
        value = loss(model(images), labels)
        value.backward()
        optimiser.step()
        total += value.item() * len(labels)
        n += len(labels)
    model.train(mode)
    return total / n
