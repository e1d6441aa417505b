# chaff: forward hands back probabilities as soon as the network is in eval mode
# fails: model
# mistake: softmax in forward (only in eval mode)

# %% solution="model"
class RetinalCNN(nn.Module):
    def __init__(self, n_classes):
        super().__init__()
        self.net = nn.Sequential(
            nn.Conv2d(3, 32, 3, padding=1),
            nn.BatchNorm2d(32),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(32, 64, 3, padding=1),
            nn.BatchNorm2d(64),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(64, 128, 3, padding=1),
            nn.BatchNorm2d(128),
            nn.ReLU(),
            nn.MaxPool2d(2),
        )
        self.fc = nn.Linear(128, n_classes)

    def forward(self, images):
        out = self.fc(self.net(images).mean((2, 3)))
        if not self.training:
            out = out.softmax(-1)  # the clinic wants probabilities
        return out
