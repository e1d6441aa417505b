# wheat: the net is run up to the layer and again with a replaced output: no gradient hook at all
# %% solution="gradcam"
class GradCAM:
    """First pass reads A, second pass puts a leaf in its place."""

    def __init__(self, model, target_layer):
        self.model, self.layer = model, target_layer

    def run(self, images, hook):
        handle = self.layer.register_forward_hook(hook)
        try:
            return self.model(images)
        finally:
            handle.remove()

    def __call__(self, images, class_index):
        training = self.model.training
        self.model.train(False)
        seen = {}
        with torch.no_grad():
            self.run(images, lambda m, i, o: seen.update(A=o.clone()))
        A = seen["A"].requires_grad_()
        with torch.enable_grad():
            logits = self.run(images, lambda m, i, o: A.clone())
            score = logits[torch.arange(len(images)), torch.full((len(images),), class_index)].sum()
        dA = torch.autograd.grad(score, A)[0]
        self.model.train(training)
        heat = torch.zeros(len(images), *images.shape[2:])
        for n in range(len(images)):
            raw = sum(dA[n, k].mean() * A[n, k] for k in range(A.shape[1])).detach()
            raw = raw.clamp(min=0)
            if raw.max() > 0:
                raw = raw / raw.max()
            heat[n] = F.interpolate(raw[None, None], size=heat.shape[1:], mode="bilinear")[0, 0]
        return heat

    def remove(self):
        pass
