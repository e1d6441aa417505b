# chaff: BatchNorm declared and never called
# fails: model.logits
# says: no-norm
# %% solution="model"
class RetinalCNN(nn.Module):
    def __init__(self, n_classes):
        super().__init__()
        widths = (3, 32, 64, 128)
        self.convs = nn.ModuleList([nn.Conv2d(a, b, 3, padding=1) for a, b in zip(widths, widths[1:])])
        self.norms = nn.ModuleList([nn.BatchNorm2d(b) for b in widths[1:]])
        self.head = nn.Linear(128, n_classes)

    def forward(self, images):
        for conv in self.convs:
            images = F.max_pool2d(F.relu(conv(images)), 2)
        return self.head(images.mean((2, 3)))
