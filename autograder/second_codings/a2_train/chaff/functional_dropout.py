# chaff: a dropout of .3 before the head "against overfitting", as a functional that follows self.training
# fails: model
# mistake: dropout added

# %% solution="model"
class RetinalCNN(nn.Module):
    def __init__(self, n_classes):
        super().__init__()
        self.features = nn.Sequential()
        for i, (a, b) in enumerate(((3, 32), (32, 64), (64, 128))):
            self.features.append(nn.Conv2d(a, b, 3, padding=1))
            self.features.append(nn.BatchNorm2d(b))
            self.features.append(nn.ReLU())
            self.features.append(nn.MaxPool2d(2))
        self.head = nn.Linear(128, n_classes)

    def forward(self, images):
        v = self.features(images).flatten(2).mean(2)
        v = F.dropout(v, 0.3, self.training)
        return self.head(v)
