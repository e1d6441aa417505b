# chaff: the glaucoma logit alone
# fails: contrast.values
# says: one-class-only
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
    score = y[:, 1].sum()
    (g,) = torch.autograd.grad(score, box["A"])
    A = box["A"].detach()
    L = F.relu((g.mean((2, 3), keepdim=True) * A).sum(1))
    top = L.amax((1, 2), keepdim=True)
    L = torch.where(top > 0, L / top, L)
    return F.interpolate(L[:, None], size=images.shape[2:], mode="bilinear")[:, 0]
