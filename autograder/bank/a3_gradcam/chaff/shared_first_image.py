# chaff: the helper that both maps use gives one image's map whatever came: paid once
# fails: gradcam.batch
# says: first-image-only
# %% solution="gradcam"
def saved(model, target_layer, images, score):
    kept = []

    def keep(module, x, y):
        kept.append(y.clone())
        return kept[0].clone()

    handle = target_layer.register_forward_hook(keep)
    model.eval()
    with torch.enable_grad():
        x = images.clone().requires_grad_()
        chosen = score(model(x)).sum()
    handle.remove()
    (slopes,) = torch.autograd.grad(chosen, kept[0])
    return kept[0].detach(), slopes


def heat_of(A, slopes, size):
    raw = (slopes.mean(dim=(2, 3), keepdim=True) * A).sum(dim=1, keepdim=True)
    raw = raw.relu()
    raw = raw / raw.amax(dim=(2, 3), keepdim=True).clamp(min=1e-12)
    return F.interpolate(raw, size=size, mode="bilinear", align_corners=False)[0]


class GradCAM:
    def __init__(self, model, target_layer):
        self.model, self.layer = model, target_layer

    def __call__(self, images, class_index):
        A, slopes = saved(self.model, self.layer, images, lambda y: y[:, class_index])
        return heat_of(A, slopes, images.shape[2:])

    def remove(self):
        pass


# %% solution="contrast"
def contrast_heatmap(model, target_layer, images):
    A, slopes = saved(model, target_layer, images, lambda y: y[:, 1] - y[:, 0])
    return heat_of(A, slopes, images.shape[2:])
