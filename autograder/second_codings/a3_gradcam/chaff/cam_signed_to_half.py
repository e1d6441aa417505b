# chaff: keeps the sign: squeezes the raw map to 0..1 with 0.5 as neutral, no ReLU
# fails: gradcam
# mistake: final ReLU missing
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
        w = g.mean(dim=(2, 3), keepdim=True)
        raw = (w * a).sum(dim=1)
        raw = F.interpolate(raw[:, None], size=tuple(images.shape[2:]), mode="bilinear")[:, 0]
        span = raw.abs().flatten(1).max(1).values.view(-1, 1, 1)
        return torch.where(span > 0, 0.5 + 0.5 * raw / span, torch.zeros_like(raw))

    def remove(self):
        self.handle.remove()
