# wheat: RetinalCNN is a function that returns a Sequential
# %% solution="model"
def RetinalCNN(n_classes, widths=(32, 64, 128)):
    layers, before = [], 3
    for width in widths:
        layers.extend((nn.Conv2d(before, width, 3, padding=1), nn.BatchNorm2d(width), nn.ReLU(), nn.MaxPool2d(2)))
        before = width
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(before, n_classes))
