# chaff: takes the last four-dimensional output, which is the pooled 1×1 one
# fails: target_layer
# mistake: layer without places (after pooling)
# %% solution="target_layer"


def find_target_layer(model):
    found = {}

    def remember(module, inputs, output):
        if torch.is_tensor(output) and len(output.size()) == 4:
            found["last"] = module

    hooks = [m.register_forward_hook(remember) for m in model.modules()]
    flags = [m.training for m in model.modules()]
    model.eval()
    with torch.no_grad():
        model(torch.zeros(1, 3, 224, 224))
    for h in hooks:
        h.remove()
    for m, f in zip(model.modules(), flags):
        m.training = f
    return found["last"]
