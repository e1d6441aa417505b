# attack: an epoch that never ends, and one that hoards memory
# on: solution
# harm: plain nbgrader waits for its whole timeout, on every notebook, with the memory taken
# %% solution="training"
hoard = []


def train_one_epoch(model, loader, optimiser, loss):
    while True:
        hoard.append(bytearray(1 << 20))
        for images, labels in loader:
            model(images)
