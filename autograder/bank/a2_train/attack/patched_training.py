# attack: optimisers, losses and loaders replaced so that the judge's own objects lie
# on: empty
# harm: plain nbgrader builds its reference from the same torch modules
# %% solution="training"
torch.optim.SGD.step = torch.optim.Adam.step = lambda self, closure=None: None
torch.Tensor.backward = lambda self, *args, **kwargs: None
nn.CrossEntropyLoss.forward = lambda self, y, labels: (y * 0).sum()
nn.Module.load_state_dict = lambda self, state, *args, **kwargs: None


def train_one_epoch(model, loader, optimiser, loss):
    return 0.0
