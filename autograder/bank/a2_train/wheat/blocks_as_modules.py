# wheat: a block class, adaptive pooling and Flatten of one place, type hints
# %% solution="model"
class Block(nn.Module):
    def __init__(self, into: int, out: int) -> None:
        super().__init__()
        self.steps = nn.ModuleDict({"pool": nn.MaxPool2d(2), "relu": nn.ReLU(inplace=True), "norm": nn.BatchNorm2d(out), "conv": nn.Conv2d(into, out, 3, padding=1)})

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for name in ("conv", "norm", "relu", "pool"):
            x = self.steps[name](x)
        return x


class RetinalCNN(nn.Module):
    def __init__(self, n_classes: int) -> None:
        super().__init__()
        self.net = nn.Sequential(Block(3, 32), Block(32, 64), Block(64, 128), nn.AdaptiveAvgPool2d((1, 1)), nn.Flatten(), nn.Linear(128, n_classes))
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.net(x)
