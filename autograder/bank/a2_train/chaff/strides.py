# chaff: stride instead of pooling
# fails: model.layers
# says: wrong-padding

# %% solution="model"
class Block(nn.Module):
    def __init__(self, cin, cout):
        super().__init__()
        self.conv = nn.Conv2d(cin, cout, 3, stride=2, padding=1)
        self.norm = nn.BatchNorm2d(cout)
    def forward(self, x):
        y = self.norm(self.conv(x))
        y = torch.where(y > 0, y, torch.zeros_like(y))
        return y

class Backbone(nn.Module):
    def __init__(self):
        super().__init__()
        self.b = nn.ModuleDict({"one": Block(3, 32), "two": Block(32, 64), "three": Block(64, 128)})
    def forward(self, x):
        return self.b["three"](self.b["two"](self.b["one"](x)))

class RetinalCNN(Backbone):
    def __init__(self, n_classes):
        super().__init__()
        self.classifier = nn.Conv2d(128, n_classes, 1)
    def forward(self, x):
        maps = super().forward(x)
        y = self.classifier(maps)
        return torch.einsum("nchw->nc", y) / (y.shape[2] * y.shape[3])
