# chaff: the loss gets probabilities; softmax is taken twice
# fails: training
# mistake: softmax before cross-entropy

# %% solution="training"
def train_one_epoch(model, loader, optimiser, loss):
    model.train()
    record = []
    for images, labels in loader:
        p = torch.exp(model(images))
        p = p / p.sum(dim=1, keepdim=True)
        value = loss(p, labels)
        optimiser.zero_grad()
        value.backward()
        optimiser.step()
        record += [value.item()] * len(labels)
    return sum(record) / len(record)
