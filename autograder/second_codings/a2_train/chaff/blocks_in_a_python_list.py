# chaff: the blocks live in a plain Python list, so that nn.Module doesn't know them and no optimiser ever moves them
# fails: model
# mistake: layers not registered (list instead of ModuleList)

# %% solution="model"
def make(c, k):
    return nn.Sequential(
        nn.Conv2d(c, k, 3, padding=1), nn.BatchNorm2d(k), nn.ReLU(), nn.MaxPool2d(2)
    )


class RetinalCNN(nn.Module):
    def __init__(self, n_classes):
        super().__init__()
        self.blocks = [make(c, k) for c, k in ((3, 32), (32, 64), (64, 128))]
        self.head = nn.Linear(128, n_classes)

    def forward(self, images):
        A = images
        for block in self.blocks:
            A = block(A)
        return self.head(A.mean(dim=(-2, -1)))
