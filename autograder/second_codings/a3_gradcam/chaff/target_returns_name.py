# chaff: returns the dotted name, not the module
# fails: target_layer
# mistake: name instead of module
# %% solution="target_layer"


def find_target_layer(model):
    shapes = {}
    handles = []
    for name, m in model.named_modules():

        def note(mod, i, o, name=name):
            if hasattr(o, "shape") and len(o.shape) == 4 and o.shape[2] > 1:
                shapes[name] = tuple(o.shape)

        handles.append(m.register_forward_hook(note))
    states = [(m, m.training) for m in model.modules()]
    model.eval()
    with torch.no_grad():
        model(torch.zeros((1, 3, 224, 224)))
    [h.remove() for h in handles]
    for m, s in states:
        m.training = s
    return list(shapes)[-1]
