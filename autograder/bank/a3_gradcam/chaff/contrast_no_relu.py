# chaff: no ReLU, stretched to [0,1]
# fails: contrast.values
# says: no-relu
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
    score = (y[:, 1] - y[:, 0]).sum()
    (g,) = torch.autograd.grad(score, box["A"])
    A = box["A"].detach()
    L = (g.mean((2, 3), keepdim=True) * A).sum(1)
    L = L - L.amin((1, 2), keepdim=True)
    L = L / L.amax((1, 2), keepdim=True)
    return F.interpolate(L[:, None], size=images.shape[2:], mode="bilinear")[:, 0]
