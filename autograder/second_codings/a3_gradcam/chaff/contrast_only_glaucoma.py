# chaff: heat of class 1 alone
# fails: contrast
# mistake: class 1 instead of the difference
# %% solution="contrast"


def contrast_heatmap(model, target_layer, images):
    kept = []

    def hook(module, inputs, out):
        leaf = out.detach().clone().requires_grad_()
        kept.append(leaf)
        return leaf.clone()

    flags = [(m, m.training) for m in model.modules()]
    h = target_layer.register_forward_hook(hook)
    try:
        model.eval()
        with torch.enable_grad():
            y = model(images)
            (g,) = torch.autograd.grad((y[..., -1]).sum(), kept[-1])
    finally:
        h.remove()
        for m, flag in flags:
            m.training = flag
    A = kept[-1].detach()
    raw = (g.mean((2, 3), keepdim=True) * A).sum(1)
    L = F.interpolate(raw.relu()[:, None], images.shape[2:], mode="bilinear", align_corners=False)[
        :, 0
    ]
    top = L.amax((1, 2), keepdim=True)
    return torch.where(top > 0, L / top, 0 * L)
