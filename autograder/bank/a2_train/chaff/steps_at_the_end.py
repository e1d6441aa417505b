# chaff: one step after the loop
# fails: training
# says: one-step-per-epoch

# %% solution="training"
class Meter:
    def __init__(self):
        self.sum, self.n = 0.0, 0
    def update(self, value, n=1):
        self.sum += value * n
        self.n += n
    @property
    def avg(self):
        return self.sum / max(self.n, 1)

def step(model, batch, optimiser, criterion):
    images, labels = batch
    criterion_value = criterion(model(images), labels)
    optimiser.zero_grad()
    criterion_value.backward()
    return criterion_value.item(), labels.shape[0]

def train_one_epoch(model, loader, optimiser, loss):
    meter = Meter()
    model.train()
    for batch in loader:
        meter.update(*step(model, batch, optimiser, loss))
    optimiser.step()
    return meter.avg
