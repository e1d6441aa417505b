# wheat: all four cells by one terse student: closures, a class whose instance is a thin shell, torch arithmetic in overlay, jet
# %% solution="target_layer"
def find_target_layer(model):
    ran = []
    hooks = [m.register_forward_hook(lambda m, _, o: ran.append((m, o))) for m in model.modules()]
    mode = [(m, m.training) for m in model.modules()]
    try:
        model.eval()
        with torch.enable_grad():
            y = model(torch.zeros(1, 3, 224, 224).requires_grad_()).sum()
    finally:
        [h.remove() for h in hooks]
        [setattr(m, "training", t) for m, t in mode]
    ran = [(m, o) for m, o in ran if torch.is_tensor(o) and o.dim() == 4 and o[0, 0].numel() > 1]
    ran = [(m, o) for m, o in ran if not isinstance(m, nn.AdaptiveAvgPool2d)]
    grads = torch.autograd.grad(y, [o for _, o in ran], allow_unused=True)
    ran = [(m, o) for (m, o), g in zip(ran, grads) if g is not None]
    last = [isinstance(m, nn.Conv2d) for m, _ in ran][::-1].index(True)
    good = [m for m, o in ran[len(ran) - 1 - last :] if o.shape == ran[-1][1].shape]
    return next((m for m in good[::-1] if len(list(m.children()))), good[-1])


# %% solution="gradcam"
def make_cam(model, layer):
    state = {"A": None, "on": False}

    def hook(m, i, o):
        if state["on"]:
            state["A"] = o.detach().clone().requires_grad_()
            return state["A"].clone()

    handle = layer.register_forward_hook(hook)

    def run(x, c):
        mode = [(m, m.training) for m in model.modules()]
        model.eval()
        state["on"] = True
        try:
            with torch.enable_grad():
                g = torch.autograd.grad(model(x)[:, c].sum(), state["A"])[0]
        finally:
            state["on"] = False
            [setattr(m, "training", t) for m, t in mode]
        L = (g.mean((2, 3), True) * state["A"].detach()).sum(1, True).relu()
        L = L / L.amax((2, 3), True).masked_fill_(L.amax((2, 3), True) == 0, 1)
        return F.interpolate(L, x.shape[2:], mode="bilinear").squeeze(1)

    return run, handle.remove


class GradCAM:
    def __init__(self, model, target_layer):
        self.run, self.remove = make_cam(model, target_layer)

    def __call__(self, images, class_index):
        return self.run(images, class_index)

    def remove(self):
        self.remove()


# %% solution="contrast"
def contrast_heatmap(model, target_layer, images):
    A = []
    h = target_layer.register_forward_hook(
        lambda m, i, o: A.append(o.detach().clone().requires_grad_()) or A[-1].clone()
    )
    mode = [(m, m.training) for m in model.modules()]
    try:
        model.eval()
        with torch.enable_grad():
            y = model(images).diff(dim=1)[:, 0]
            g = torch.autograd.grad(y.sum(), A[-1])[0]
    finally:
        h.remove()
        [setattr(m, "training", t) for m, t in mode]
    L = torch.einsum("nkij,nk->nij", A[-1].detach(), g.mean((2, 3))).relu()
    L = torch.nan_to_num(L / L.amax((1, 2), keepdim=True))
    return F.interpolate(L[:, None], images.shape[2:], mode="bilinear")[:, 0]


# %% solution="overlay"
def overlay(image, heatmap, alpha):
    heat = torch.as_tensor(heatmap).float()
    colours = torch.from_numpy(colormaps["jet"](heat.numpy())[..., :3]) * 255
    mix = torch.lerp(torch.as_tensor(np.array(image)).double(), colours.double(), float(alpha))
    return mix.round().clamp(0, 255).to(torch.uint8).numpy()
