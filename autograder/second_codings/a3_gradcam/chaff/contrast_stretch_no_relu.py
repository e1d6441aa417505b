# chaff: min–max of the signed map
# fails: contrast
# mistake: final ReLU missing
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
            (g,) = torch.autograd.grad((y[:, 1] - y[:, 0]).sum(), kept[-1])
    finally:
        h.remove()
        for m, flag in flags:
            m.training = flag
    A = kept[-1].detach()
    raw = (g.mean((2, 3), keepdim=True) * A).sum(1)
    raw = F.interpolate(raw.unsqueeze(1), images.shape[2:], mode="bilinear").squeeze(1)
    lo, hi = raw.flatten(1).aminmax(dim=1)
    return (raw - lo.view(-1, 1, 1)) / (hi - lo).clamp(min=1e-30).view(-1, 1, 1)
