# chaff: the blocks run under no_grad "to save memory", so that only the head can learn
# fails: model
# mistake: gradient cut (no_grad around the blocks)

# %% solution="model"
class RetinalCNN(nn.Module):
    def __init__(self, n_classes):
        super().__init__()
        self.encoder = nn.Sequential(
            *(
                layer
                for a, b in ((3, 32), (32, 64), (64, 128))
                for layer in (
                    nn.Conv2d(a, b, 3, padding=1),
                    nn.BatchNorm2d(b),
                    nn.ReLU(),
                    nn.MaxPool2d(2),
                )
            )
        )
        self.fc = nn.Linear(128, n_classes)

    @torch.no_grad()
    def encode(self, images):
        return self.encoder(images).mean(dim=(2, 3))

    def forward(self, images):
        return self.fc(self.encode(images))
