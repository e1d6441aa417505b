# wheat: a 1×1 convolution as head, averaged afterwards: the same numbers
# %% solution="model"
class RetinalCNN(nn.Module):
    def __init__(self, n_classes):
        super().__init__()
        steps = []
        for a, b in ((3, 32), (32, 64), (64, 128)):
            steps += [nn.Conv2d(a, b, 3, padding=1), nn.BatchNorm2d(b), nn.ReLU(), nn.MaxPool2d(2)]
        self.steps, self.head = nn.Sequential(*steps), nn.Conv2d(128, n_classes, 1)

    def forward(self, x):
        return self.head(self.steps(x)).mean((2, 3))
