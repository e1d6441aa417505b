# chaff: drops channels that speak against the class
# fails: gradcam
# mistake: ReLU on the weights
# %% solution="gradcam"


class GradCAM:
    def __init__(self, model, target_layer):
        self.model = model
        self.busy = False
        self.leaf = None
        self.handle = target_layer.register_forward_hook(self.cut)

    def cut(self, module, inputs, output):
        if not self.busy:
            return None
        self.leaf = output.detach().clone().requires_grad_()
        return self.leaf.clone()

    def __call__(self, images, class_index):
        flags = [(m, m.training) for m in self.model.modules()]
        self.model.eval()
        self.busy = True
        try:
            with torch.enable_grad():
                y = self.model(images)[:, class_index].sum()
                (g,) = torch.autograd.grad(y, self.leaf)
        finally:
            self.busy = False
            for m, flag in flags:
                m.training = flag
        a = self.leaf.detach()
        w = torch.maximum(g.mean(dim=(2, 3), keepdim=True), torch.tensor(0.0))
        raw = (w * a).sum(dim=1)
        L = raw.clamp(min=0)
        L = F.interpolate(
            L[:, None], size=tuple(images.shape[2:]), mode="bilinear", align_corners=False
        )[:, 0]
        top = L.amax(dim=(1, 2), keepdim=True)
        return torch.where(top > 0, L / top, torch.zeros_like(L))

    def remove(self):
        self.handle.remove()
