# chaff: ReLU on each raw map before subtracting
# fails: contrast.values
# says: difference-of-heatmaps
# %% solution="contrast"
def contrast_heatmap(model, target_layer, images):
    model.eval()
    box = {}

    def hook(module, inputs, output):
        box["A"] = output.detach().clone().requires_grad_()
        return box["A"].clone()

    handle = target_layer.register_forward_hook(hook)
    y = model(images)
    handle.remove()
    A = box["A"].detach()
    raws = []
    for k in (0, 1):
        (g,) = torch.autograd.grad(y[:, k].sum(), box["A"], retain_graph=True)
        raws.append(F.relu((g.mean((2, 3), keepdim=True) * A).sum(1)))
    L = F.relu(raws[1] - raws[0])
    top = L.amax((1, 2), keepdim=True)
    L = torch.where(top > 0, L / top, L)
    return F.interpolate(L[:, None], size=images.shape[2:], mode="bilinear")[:, 0]
