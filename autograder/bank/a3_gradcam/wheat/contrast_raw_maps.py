# wheat: contrast from two gradients: raw maps are subtracted before the ReLU
# %% solution="contrast"
def contrast_heatmap(model, target_layer, images):
    raws = []
    model.eval()
    for k in (0, 1):
        box = []
        handle = target_layer.register_forward_hook(
            lambda m, i, o: (box.append(o.detach().clone().requires_grad_()), box[0].clone())[1]
        )
        y = model(images)[:, k].sum()
        handle.remove()
        g = torch.autograd.grad(y, box[0])[0]
        raws.append((g.mean((2, 3), keepdim=True) * box[0].detach()).sum(1).numpy())
    L = np.maximum(raws[1] - raws[0], 0)
    out = []
    for one in L:
        top = one.max()
        one = torch.from_numpy(one / top if top > 0 else one)
        out.append(F.interpolate(one[None, None], size=images.shape[2:], mode="bilinear")[0, 0])
    return torch.stack(out)
