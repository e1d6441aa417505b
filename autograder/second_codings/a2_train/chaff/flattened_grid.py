# chaff: the head flattens a 4x4 grid (adaptive pooling makes it run at any size) where the mean over places was asked
# fails: model
# mistake: flatten instead of global average

# %% solution="model"
class RetinalCNN(nn.Module):
    def __init__(self, n_classes):
        super().__init__()
        seq = []
        for a, b in [(3, 32), (32, 64), (64, 128)]:
            seq.append(nn.Conv2d(a, b, 3, padding=1))
            seq.append(nn.BatchNorm2d(b))
            seq.append(nn.ReLU())
            seq.append(nn.MaxPool2d(2))
        self.body = nn.Sequential(*seq, nn.AdaptiveAvgPool2d(4), nn.Flatten())
        self.head = nn.Linear(128 * 16, n_classes)

    def forward(self, images):
        return self.head(self.body(images))
