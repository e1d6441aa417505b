# wheat: lazy layers that learn their sizes from the first image
# %% solution="model"
class RetinalCNN(nn.Module):
    def __init__(self, n_classes):
        super().__init__()
        layers = []
        for width in (32, 64, 128):
            layers += [nn.LazyConv2d(width, 3, padding=1), nn.LazyBatchNorm2d(), nn.ReLU(), nn.MaxPool2d(2)]
        self.body = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.LazyLinear(n_classes))
        with torch.no_grad():
            self.body.eval()(torch.zeros(1, 3, 32, 32))

    def forward(self, x):
        return self.body(x)
