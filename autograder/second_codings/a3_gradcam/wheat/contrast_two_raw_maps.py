# wheat: subtracts the two signed raw maps (before ReLU) instead of the logits, gradients one image at a time
# %% solution="contrast"
def contrast_heatmap(model, target_layer, images, *, normal=0, glaucoma=1):
    grabbed = []

    def grab(_m, _i, out):
        leaf = out.detach().clone().requires_grad_()
        grabbed.append(leaf)
        return leaf.clone()

    was_training = [m for m in model.modules() if m.training]
    model.eval()
    handle = target_layer.register_forward_hook(grab)
    try:
        heat = []
        for image in images:
            grabbed.clear()
            with torch.enable_grad():
                logits = model(image[None])[0]
                raws = []
                for c in (glaucoma, normal):
                    g = torch.autograd.grad(logits[c], grabbed[-1], retain_graph=True)[0]
                    raws.append(
                        (g.mean((2, 3), keepdim=True) * grabbed[-1].detach()).sum(1, keepdim=True)
                    )
            raw = raws[0] - raws[1]
            L = F.relu(raw)
            L = F.interpolate(L, size=image.shape[1:], mode="bilinear", align_corners=False)[0, 0]
            heat.append(L / L.max() if L.max() > 0 else L)
    finally:
        handle.remove()
        for m in was_training:
            m.training = True
    return torch.stack(heat)
