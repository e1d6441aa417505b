# wheat: contrast as difference of log-probabilities, which is the same number
# %% solution="contrast"
def contrast_heatmap(model, target_layer, images):
    model.eval()
    box = {}

    def hook(module, inputs, output):
        box["A"] = output.detach().clone().requires_grad_()
        return box["A"].clone()

    handle = target_layer.register_forward_hook(hook)
    y = model(images).log_softmax(dim=1)
    handle.remove()
    score = (y[:, 1] - y[:, 0]).sum()
    (g,) = torch.autograd.grad(score, box["A"])
    A = box["A"].detach()
    L = F.relu((g.mean((2, 3), keepdim=True) * A).sum(1))
    top = L.amax((1, 2), keepdim=True)
    L = torch.where(top > 0, L / top, L)
    return F.interpolate(L[:, None], size=images.shape[2:], mode="bilinear")[:, 0]

# %% solution="overlay"
def overlay(image, heatmap, alpha, cmap="turbo"):
    from matplotlib import cm
    from matplotlib.colors import Normalize

    mapper = cm.ScalarMappable(Normalize(vmin=0, vmax=1), cmap)
    rgba = mapper.to_rgba(np.array(heatmap), bytes=True)
    mix = image.astype(np.float32) * (1 - alpha) + rgba[:, :, :3].astype(np.float32) * alpha
    return mix.astype("uint8")
