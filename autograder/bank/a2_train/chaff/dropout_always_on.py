# chaff: F.dropout always on
# fails: model.logits
# says: random-in-eval

# %% solution="model"
class RetinalCNN(nn.Module):
    def __init__(self, n_classes=2, in_channels=3):
        super(RetinalCNN, self).__init__()
        self.conv1 = nn.Conv2d(in_channels, 32, (3, 3), padding="same")
        self.conv2 = nn.Conv2d(32, 64, (3, 3), padding="same")
        self.conv3 = nn.Conv2d(64, 128, (3, 3), padding="same")
        self.bn1, self.bn2, self.bn3 = nn.BatchNorm2d(32), nn.BatchNorm2d(64), nn.BatchNorm2d(128)
        self.fc = nn.Linear(128, n_classes)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.bn1(self.conv1(x))), 2)
        x = F.max_pool2d(F.relu(self.bn2(self.conv2(x))), 2)
        x = F.max_pool2d(F.relu(self.bn3(self.conv3(x))), 2)
        x = F.adaptive_avg_pool2d(x, 1)
        x = torch.flatten(x, 1)
        return self.fc(F.dropout(x, 0.3))
