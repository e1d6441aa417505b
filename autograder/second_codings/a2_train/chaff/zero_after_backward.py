# chaff: zero_grad stands between backward and step: every step goes nowhere
# fails: training
# mistake: gradients emptied before the step, nothing is learnt

# %% solution="training"
def train_one_epoch(model, loader, optimiser, loss):
    model.train()
    total, n = 0.0, 0
    for images, labels in loader:
        logits = model(images)
        value = loss(logits, labels)
        value.backward()
        model.zero_grad()
        optimiser.step()
        total += value.item() * len(labels)
        n += len(labels)
    return total / n
