# chaff: gradients clipped
# fails: training
# says: gradients-clipped

# %% solution="training"
def train_one_epoch(model, loader, optimiser, loss):
    model.train(True)
    losses, sizes = [], []
    for i, batch in enumerate(loader):
        x, y = batch
        optimiser.zero_grad(set_to_none=False)
        out = model(x)
        L = loss(out, y)
        L.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 0.1)
        optimiser.step()
        losses.append(L.detach().item()); sizes.append(x.size(0))
    return np.average(losses, weights=sizes)
