# chaff: a fourth block
# fails: model.layers
# says: wrong-depth
# %% solution="model"
class RetinalCNN(nn.Module):
    def __init__(self, n_classes):
        super().__init__()
        blocks, channels_in = [], 3
        for channels in (32, 64, 128, 256):
            blocks += [
                nn.Conv2d(channels_in, channels, kernel_size=3, padding=1),
                nn.BatchNorm2d(channels),
                nn.ReLU(),
                nn.MaxPool2d(2),
            ]
            channels_in = channels
        self.features = nn.Sequential(*blocks)
        self.classifier = nn.Linear(256, n_classes)

    def forward(self, images):
        A = self.features(images)
        return self.classifier(A.mean(dim=(2, 3)))
