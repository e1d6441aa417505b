# chaff: divides the images by 255 inside
# fails: model.logits
# says: images-scaled-inside

# %% solution="model"
def conv_block(i, o):
    return nn.Sequential(nn.Conv2d(i, o, 3, 1, 1, bias=False), nn.BatchNorm2d(o), nn.ReLU(inplace=True), nn.MaxPool2d(kernel_size=2, stride=2))

class RetinalCNN(nn.Module):
    widths = [3, 32, 64, 128]
    def __init__(self, n_classes: int) -> None:
        super().__init__()
        self.blocks = nn.ModuleList([conv_block(i, o) for i, o in zip(self.widths[:-1], self.widths[1:])])
        self.head = nn.Linear(self.widths[-1], n_classes)
        for m in self.modules():
            if isinstance(m, nn.Conv2d):
                nn.init.kaiming_normal_(m.weight)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        x = images / 255.0
        for block in self.blocks:
            x = block(x)
        return self.head(x.flatten(2).mean(-1))
