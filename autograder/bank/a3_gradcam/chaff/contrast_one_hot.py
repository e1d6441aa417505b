# chaff: heatmap of class 1
# fails: contrast.values
# says: one-class-only

# %% solution="contrast"
def contrast_heatmap(model, target_layer, images):
    out_maps = []
    training = {name: m.training for name, m in model.named_modules()}
    def restore():
        for name, m in model.named_modules():
            m.training = training[name]
    for image in torch.as_tensor(images, dtype=torch.float32):
        feats = {}
        def hook(m, i, o):
            feats["a"] = o
            return o.clone()
        hd = target_layer.register_forward_hook(hook)
        try:
            model.eval()
            with torch.enable_grad():
                inp = image.unsqueeze(0).clone().requires_grad_()
                z = model(inp)[0]
                z = z @ torch.tensor([0.0, 1.0])
                grad, = torch.autograd.grad(z, feats["a"])
        finally:
            hd.remove(); restore()
        a = feats["a"].detach()[0].numpy(); w = grad[0].numpy().mean(axis=(1, 2))
        cam = np.maximum(np.einsum("k,kij->ij", w, a), 0)
        t = torch.tensor(cam)[None, None]
        t = F.interpolate(t, size=image.shape[1:], mode="bilinear")[0, 0].numpy()
        out_maps.append((t / t.max()) if t.max() > 0 else t)
    return np.stack(out_maps)
