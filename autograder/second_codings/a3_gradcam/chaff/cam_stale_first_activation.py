# chaff: keeps A of the first call ('it is the same layer'), only the gradient is fresh
# fails: gradcam
# mistake: stale activation from the first call
# %% solution="gradcam"


class GradCAM:
    def __init__(self, model, target_layer):
        self.model, self.on, self.cache = model, False, {}

        def hook(m, i, o):
            if not self.on:
                return
            self.cache.setdefault("A", o.detach().clone())
            self.cache["leaf"] = o.detach().clone().requires_grad_(True)
            return self.cache["leaf"].clone()

        self.hook = target_layer.register_forward_hook(hook)

    def __call__(self, images, class_index):
        t = [m.training for m in self.model.modules()]
        self.model.eval()
        self.on = True
        with torch.enable_grad():
            s = self.model(images)[:, class_index].sum()
            G = torch.autograd.grad(s, self.cache["leaf"])[0]
        self.on = False
        for m, flag in zip(self.model.modules(), t):
            m.training = flag
        A = self.cache["A"]
        A = A if A.shape == G.shape else self.cache["leaf"].detach()
        heat = (G.mean((2, 3), keepdim=True) * A).sum(1, keepdim=True).relu()
        heat = F.interpolate(heat, images.shape[2:], mode="bilinear", align_corners=False)[:, 0]
        return torch.stack([h / h.max() if h.max() > 0 else h for h in heat])

    def remove(self):
        self.hook.remove()
