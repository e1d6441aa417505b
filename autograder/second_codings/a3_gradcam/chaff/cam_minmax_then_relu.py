# chaff: stretches from minimum to maximum first, and applies the ReLU to that, where it does nothing
# fails: gradcam
# mistake: min-max before ReLU
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
        low = raw.amin((1, 2), keepdim=True)
        raw = raw - low
        high = raw.amax((1, 2), keepdim=True)
        L = torch.relu(torch.where(high > 0, raw / high, raw))
        return F.interpolate(L.unsqueeze(1), images.shape[2:], mode="bilinear").squeeze(1)

    def remove(self):
        self.handle.remove()
