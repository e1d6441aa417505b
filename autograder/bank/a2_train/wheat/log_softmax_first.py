# wheat: log_softmax before the cross-entropy changes nothing; train mode restored per batch
# %% solution="training"
def train_one_epoch(model, loader, optimiser, loss):
    batches, weights = [], []
    for batch in loader:
        images, labels = batch[0], batch[1]
        model.train()
        model.zero_grad()
        value = loss(F.log_softmax(model(images), dim=-1), labels)
        value.backward()
        optimiser.step()
        batches.append(value.detach())
        weights.append(len(images))
    return float(np.average(torch.stack(batches).numpy(), weights=weights))
