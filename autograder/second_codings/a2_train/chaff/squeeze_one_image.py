# chaff: the two axes of length one are dropped with squeeze(), which takes the batch axis of a single image too
# fails: model
# mistake: batch axis lost for a single image (squeeze)

# %% solution="model"
class RetinalCNN(nn.Module):
    def __init__(self, n_classes):
        super().__init__()
        self.c1, self.b1 = nn.Conv2d(3, 32, 3, padding=1), nn.BatchNorm2d(32)
        self.c2, self.b2 = nn.Conv2d(32, 64, 3, padding=1), nn.BatchNorm2d(64)
        self.c3, self.b3 = nn.Conv2d(64, 128, 3, padding=1), nn.BatchNorm2d(128)
        self.pool = nn.MaxPool2d(2)
        self.gap = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(128, n_classes)

    def forward(self, images):
        h = self.pool(torch.relu(self.b1(self.c1(images))))
        h = self.pool(torch.relu(self.b2(self.c2(h))))
        h = self.pool(torch.relu(self.b3(self.c3(h))))
        return self.fc(torch.squeeze(self.gap(h)))
