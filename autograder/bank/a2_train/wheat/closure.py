# wheat: optimiser.step with a closure; the loss as a tensor without history
# %% solution="training"
def train_one_epoch(model, loader, optimiser, loss):
    model.train(True)
    seen, total = 0, torch.zeros(())
    for images, labels in loader:

        def closure():
            optimiser.zero_grad()
            value = loss(model(images), labels)
            value.backward()
            return value

        total += optimiser.step(closure).detach() * labels.shape[0]
        seen += labels.shape[0]
    return total / len(loader.dataset)
