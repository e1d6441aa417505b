# wheat: the plain mean over batches; zero_grad after the step; tqdm and prints
# %% solution="training"
from tqdm.auto import tqdm


def train_one_epoch(model, loader, optimiser, loss, verbose=True):
    model.train()
    losses = []
    for i, (x, y) in enumerate(tqdm(loader, desc="training")):
        value = loss(model(x), y)
        value.backward()
        optimiser.step()
        optimiser.zero_grad(set_to_none=False)
        losses.append(value.item())
        if verbose and i % 10 == 0:
            print(f"batch {i}: {losses[-1]:.3f}", flush=True)
    return np.mean(losses)
