# wheat: no hook at all, the layer's forward is wrapped during the call; torchvision's resize; list of arrays stacked
# %% solution="gradcam"
import torchvision.transforms.functional as TF


class GradCAM:
    def __init__(self, model, target_layer):
        self.model, self.layer, self.alive = model, target_layer, True

    def __call__(self, images, class_index):
        if not self.alive:
            raise RuntimeError("this extractor was removed")
        seen = []
        original = self.layer.forward

        def spy(*args, **kwargs):
            with torch.no_grad():
                out = original(*args, **kwargs)
            leaf = out.clone().requires_grad_()
            seen.append(leaf)
            with torch.enable_grad():
                return leaf * 1.0

        states = [m.training for m in self.model.modules()]
        self.model.train(False)
        self.layer.forward = spy
        try:
            with torch.enable_grad():
                logits = self.model(images)
                (grads,) = torch.autograd.grad(logits.T[class_index].sum(), seen[-1])
        finally:
            del self.layer.forward
            for m, s in zip(self.model.modules(), states):
                m.training = s

        maps = []
        for a, g in zip(seen[-1].detach(), grads):
            raw = torch.tensordot(g.mean((1, 2)), a, dims=1)
            positive = raw * (raw > 0)
            top = float(positive.max())
            scaled = positive.double() / top if top > 0 else positive.double()
            maps.append(
                TF.resize(scaled[None], list(images.shape[-2:]), antialias=False)[0].numpy()
            )
        return np.stack(maps)

    def remove(self):
        self.alive = False
