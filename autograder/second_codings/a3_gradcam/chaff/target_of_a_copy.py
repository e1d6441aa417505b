# chaff: works on a deep copy to be safe, and returns the copy's layer
# fails: target_layer
# mistake: layer of another model object
# %% solution="target_layer"

from copy import deepcopy


def find_target_layer(model):
    safe = deepcopy(model).eval()  # nothing can happen to the original
    ran = []
    for m in safe.modules():
        m.register_forward_hook(lambda mod, i, o: ran.append((mod, o)))
    x = torch.zeros(1, 3, 224, 224, requires_grad=True)
    with torch.enable_grad():
        y = safe(x)
    maps = [
        (m, o)
        for m, o in ran
        if torch.is_tensor(o)
        and o.ndim == 4
        and o.shape[2] * o.shape[3] > 1
        and not isinstance(m, nn.AdaptiveAvgPool2d)
    ]
    grads = torch.autograd.grad(y.sum(), [o for m, o in maps], allow_unused=True)
    maps = [mo for mo, g in zip(maps, grads) if g is not None]
    for m, o in reversed(maps):
        if o.shape == maps[-1][1].shape and any(isinstance(k, nn.Conv2d) for k in m.modules()):
            return m
