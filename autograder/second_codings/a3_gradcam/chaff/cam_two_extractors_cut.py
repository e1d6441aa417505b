# chaff: the hook cuts on every forward pass, also another extractor's
# fails: gradcam.state
# mistake: two extractors disturb each other
# %% solution="gradcam"


class GradCAM:
    def __init__(self, model, target_layer):
        self.net = model
        self.h = target_layer.register_forward_hook(self.cut)

    def cut(self, layer, x, out):
        self.leaf = out.detach().clone().requires_grad_()
        return self.leaf.clone()

    def __call__(self, images, class_index):
        flags = [(m, m.training) for m in self.net.modules()]
        self.net.eval()
        try:
            with torch.enable_grad():
                s = self.net(images)[:, class_index].sum()
                g = torch.autograd.grad(s, self.leaf, allow_unused=True)[0]
        finally:
            for m, f in flags:
                m.training = f
        if g is None:
            g = torch.zeros_like(self.leaf)
        L = (g.mean((2, 3), keepdim=True) * self.leaf.detach()).sum(1).relu()
        L = F.interpolate(L[:, None], images.shape[2:], mode="bilinear")[:, 0]
        t = L.flatten(1).max(1).values[:, None, None]
        return torch.nan_to_num(L / t, nan=0.0)

    def remove(self):
        self.h.remove()
