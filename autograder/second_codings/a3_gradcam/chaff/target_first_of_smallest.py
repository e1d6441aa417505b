# chaff: first layer in running order that reaches the coarsest grid
# fails: target_layer
# mistake: wrong layer: too early in the last stage
# %% solution="target_layer"


def find_target_layer(model):
    areas = []

    def measure(module, _, y):
        if isinstance(y, torch.Tensor) and y.dim() == 4:
            areas.append((y.shape[-1] * y.shape[-2], len(areas), module))

    hs = [m.register_forward_hook(measure) for m in model.modules()]
    tr = [(m, m.training) for m in model.modules()]
    model.train(False)
    with torch.no_grad():
        model(torch.zeros(1, 3, 224, 224))
    for h in hs:
        h.remove()
    for m, t in tr:
        m.training = t
    smallest = min(a for a, _, _ in areas if a > 1)
    return next(m for a, _, m in areas if a == smallest)
