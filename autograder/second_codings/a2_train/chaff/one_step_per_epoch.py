# chaff: the batch losses are summed and the optimiser steps once, when the epoch is over
# fails: training
# mistake: one step for the whole epoch instead of one per batch

# %% solution="training"
def train_one_epoch(model, loader, optimiser, loss):
    model.train()
    optimiser.zero_grad()
    seen = [(loss(model(images), labels), len(labels)) for images, labels in loader]
    epoch_loss = sum(value * n for value, n in seen) / sum(n for _, n in seen)
    epoch_loss.backward()
    optimiser.step()
    return epoch_loss.item()
