# wheat: layers one by one, functions for ReLU and pooling, no biases, odd names
# %% solution="model"
class RetinalCNN(nn.Module):
    def __init__(self, n_classes=2, drop=0.0):
        super().__init__()
        self.out = nn.Linear(128, n_classes)
        self.n3, self.n2, self.n1 = nn.BatchNorm2d(128), nn.BatchNorm2d(64), nn.BatchNorm2d(32)
        self.c3 = nn.Conv2d(64, 128, 3, padding="same", bias=False)
        self.c2 = nn.Conv2d(32, 64, (3, 3), padding=1, bias=False)
        self.c1 = nn.Conv2d(3, 32, 3, 1, 1, bias=False)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.n1(self.c1(x))), 2)
        x = F.relu(F.max_pool2d(self.n2(self.c2(x)), kernel_size=2, stride=2))
        x = F.max_pool2d(F.relu(self.n3(self.c3(x)), inplace=True), 2)
        return self.out(F.adaptive_avg_pool2d(x, 1).flatten(1))
