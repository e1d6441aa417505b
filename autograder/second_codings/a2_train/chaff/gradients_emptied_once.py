# chaff: the gradients are emptied once before the epoch, so each step drags all earlier batches along
# fails: training
# mistake: zero_grad outside the loop

# %% solution="training"
def train_one_epoch(model, loader, optimiser, loss):
    model.train()
    for w in model.parameters():
        w.grad = None
    sizes, values = [], []
    for images, labels in loader:
        value = loss(model(images), labels)
        value.backward()
        optimiser.step()
        values.append(value.item())
        sizes.append(len(labels))
    return float(np.dot(values, sizes) / np.sum(sizes))
