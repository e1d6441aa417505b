# chaff: subtracts the two finished heatmaps and clips
# fails: contrast
# mistake: difference of finished heatmaps
# %% solution="contrast"


def contrast_heatmap(model, target_layer, images):
    """Heat for glaucoma minus heat for normal."""
    A = []
    handle = target_layer.register_forward_hook(
        lambda m, i, o: A.append(o.detach().clone().requires_grad_()) or A[-1].clone()
    )
    training = [(m, m.training) for m in model.modules()]
    model.eval()
    with torch.enable_grad():
        logits = model(images)
        grads = [
            torch.autograd.grad(logits[:, c].sum(), A[0], retain_graph=True)[0] for c in range(2)
        ]
    handle.remove()
    for m, t in training:
        m.training = t

    def finish(g):
        cam = F.relu((g.mean((2, 3), keepdim=True) * A[0].detach()).sum(1, keepdim=True))
        cam = F.interpolate(cam, images.shape[-2:], mode="bilinear")[:, 0]
        return cam / cam.amax((1, 2), keepdim=True).clamp(min=torch.finfo(cam.dtype).tiny)

    normal, glaucoma = map(finish, grads)
    return (glaucoma - normal).clamp(0, 1)
