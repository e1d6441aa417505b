# chaff: enlarges to 224×224 whatever came
# fails: gradcam
# mistake: fixed size instead of the image's
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
        grid = nn.Upsample((224, 224), mode="bilinear", align_corners=False)
        L = grid(torch.relu(raw).unsqueeze(1)).squeeze(1)
        return L / L.amax((1, 2), keepdim=True).where(
            L.amax((1, 2), keepdim=True) > 0, torch.tensor(1.0)
        )

    def remove(self):
        self.handle.remove()
