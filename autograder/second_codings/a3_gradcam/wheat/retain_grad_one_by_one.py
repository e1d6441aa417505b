# wheat: retain_grad + backward(inputs=…), one image at a time, results stacked; nn.Upsample
# %% solution="gradcam"
from contextlib import contextmanager


@contextmanager
def evaluating(net):
    training = [m for m in net.modules() if m.training]
    try:
        net.eval()
        yield net
    finally:
        for m in training:
            m.training = True


class GradCAM:
    def __init__(self, model, target_layer):
        self.model = model
        self.features = None
        self.busy = False

        def hook(module, _, output):
            if self.busy:
                self.features = output
                self.features.retain_grad()
                return self.features.clone()  # an in-place ReLU spoils the copy, not ours

        self._h = target_layer.register_forward_hook(hook)

    def one(self, image, c):
        self.busy = True
        try:
            with torch.enable_grad(), evaluating(self.model) as net:
                out = net(image.detach().clone().requires_grad_())
                out[0, c].backward(inputs=[self.features])
        finally:
            self.busy = False
        feats, grads = self.features.detach()[0], self.features.grad[0]
        self.features = None
        cam = sum(g.mean() * f for g, f in zip(grads, feats))
        cam = torch.max(cam, torch.zeros(()))
        if cam.max() > 0:
            cam = cam / cam.max()
        up = nn.Upsample(size=image.shape[-2:], mode="bilinear", align_corners=False)
        return up(cam[None, None])[0, 0]

    def __call__(self, images, class_index):
        return torch.stack([self.one(images[i : i + 1], class_index) for i in range(len(images))])

    def remove(self):
        if self._h is not None:
            self._h.remove()
            self._h = None
