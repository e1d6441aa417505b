# chaff: makes a fresh loss of the same class ("so that nothing is shared between epochs"); the class weights inside the given one are lost
# fails: training
# mistake: own loss instead of the given one, class weights lost

# %% solution="training"
def train_one_epoch(model, loader, optimiser, loss):
    model.train()
    criterion = type(loss)()
    running, n = 0.0, 0
    for images, labels in loader:
        optimiser.zero_grad()
        value = criterion(model(images), labels)
        value.backward()
        optimiser.step()
        running += value.item() * len(labels)
        n += len(labels)
    return running / n
