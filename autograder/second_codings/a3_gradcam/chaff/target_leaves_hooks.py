# chaff: right layer, but the recording hooks stay on every module
# fails: target_layer
# mistake: hooks never removed
# %% solution="target_layer"


def _maps(model):
    ran = []
    handles = [
        m.register_forward_hook(lambda mod, i, o: ran.append((mod, o))) for m in model.modules()
    ]
    with torch.enable_grad():
        y = model(torch.zeros(1, 3, 224, 224, requires_grad=True))
    del handles  # the list is gone, so the hooks are gone
    maps = [
        (m, o)
        for m, o in ran
        if torch.is_tensor(o)
        and o.ndim == 4
        and o.shape[2] * o.shape[3] > 1
        and not isinstance(m, nn.AdaptiveAvgPool2d)
    ]
    used = torch.autograd.grad(y.sum(), [o for _, o in maps], allow_unused=True)
    return [mo for mo, g in zip(maps, used) if g is not None]


def find_target_layer(model):
    modes = [(m, m.training) for m in model.modules()]
    model.eval()
    maps = _maps(model)
    for m, t in modes:
        m.training = t
    final = maps[-1][1].shape
    return [
        m
        for m, o in maps
        if o.shape == final and any(isinstance(k, nn.Conv2d) for k in m.modules())
    ][-1]
