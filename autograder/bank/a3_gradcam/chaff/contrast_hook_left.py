# chaff: hook left behind
# fails: contrast.values
# says: hooks-left-behind

# %% solution="contrast"
def contrast_heatmap(model, target_layer, images, eps=None):
    """raw maps of both classes first, subtracted before the ReLU"""
    x = torch.as_tensor(images, dtype=torch.float32)
    modes = [m.training for m in model.modules()]
    model.eval()
    kept = []
    def hook(module, inp, out):
        a = out.detach().clone()
        a.requires_grad = True
        kept.append(a)
        return a.clone()
    handle = target_layer.register_forward_hook(hook)
    try:
        with torch.enable_grad():
            y = model(x)
            raws = []
            for c in (0, 1):
                g = torch.autograd.grad(y[:, c].sum(), kept[-1], retain_graph=True)[0]
                raws.append((g.mean((2, 3), keepdim=True) * kept[-1].detach()).sum(1))
    finally:
        for m, t in zip(model.modules(), modes):
            m.training = t
    raw = raws[1] - raws[0]
    cam = F.relu(raw)
    peak = cam.amax(dim=(1, 2), keepdim=True)
    cam = cam / torch.where(peak == 0, torch.ones_like(peak), peak)
    return F.interpolate(cam[:, None], x.shape[2:], mode="bilinear", align_corners=True)[:, 0]
