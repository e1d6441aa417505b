# chaff: loss measured in a second forward after the step
# fails: training
# says: second-look

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
        optimiser.step()
        losses.append(loss(model(x), y).item()); sizes.append(x.size(0))
    return np.average(losses, weights=sizes)
