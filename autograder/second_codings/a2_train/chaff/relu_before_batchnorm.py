# chaff: ReLU before BatchNorm (same number of parameters, other numbers)
# fails: model
# mistake: order of ReLU and BatchNorm

# %% solution="model"
class RetinalCNN(nn.Module):
    def __init__(self, n_classes):
        super().__init__()
        self.convs = nn.ModuleList(
            [
                nn.Conv2d(3, 32, 3, padding=1),
                nn.Conv2d(32, 64, 3, padding=1),
                nn.Conv2d(64, 128, 3, padding=1),
            ]
        )
        self.bns = nn.ModuleList([nn.BatchNorm2d(32), nn.BatchNorm2d(64), nn.BatchNorm2d(128)])
        self.fc = nn.Linear(128, n_classes)

    def forward(self, images):
        z = images
        for conv, bn in zip(self.convs, self.bns):
            z = bn(F.relu(conv(z)))
            z = F.max_pool2d(z, 2)
        return self.fc(z.mean(dim=(2, 3)))
