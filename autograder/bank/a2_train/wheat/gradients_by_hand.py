# wheat: autograd.grad put into .grad, to the model's device, accuracy beside it
# %% solution="training"
def train_one_epoch(model, loader, optimiser, loss):
    device = next(model.parameters()).device
    model.train()
    total = right = 0
    for images, labels in loader:
        images, labels = images.to(device), labels.to(device).long()
        logits = model(images)
        value = loss(logits, labels)
        parameters = [p for p in model.parameters() if p.requires_grad]
        for p, g in zip(parameters, torch.autograd.grad(value, parameters)):
            p.grad = g
        optimiser.step()
        total += float(value.detach()) * len(images)
        right += (logits.argmax(1) == labels).sum().item()
    print(f"accuracy {right / len(loader.dataset):.2f}")
    return total / len(loader.dataset)
