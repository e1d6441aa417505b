# chaff: never switches to eval
# fails: gradcam.state
# mistake: no eval(): BatchNorm in train mode
# %% solution="gradcam"


class GradCAM:
    def __init__(self, model, target_layer):
        self.model = model
        self.stack = None
        self.handle = target_layer.register_forward_hook(self.on_forward)

    def on_forward(self, layer, x, out):
        if self.stack is not None:
            self.stack.append(out.detach().clone().requires_grad_())
            return self.stack[-1].clone()

    def heat(self, a, g, size):
        raw = (a * g.mean(dim=(1, 2))[:, None, None]).sum(0).clamp(min=0)
        raw = F.interpolate(raw[None, None], size, mode="bilinear")[0, 0]
        return raw / raw.max() if raw.max() else raw

    def __call__(self, images, class_index):
        self.stack = []
        with torch.enable_grad():
            self.model(images)[:, class_index].sum().backward(inputs=self.stack)
        leaf, self.stack = self.stack[-1], None
        return torch.stack(
            [self.heat(a, g, images.shape[2:]) for a, g in zip(leaf.detach(), leaf.grad)]
        )

    def remove(self):
        self.handle.remove()
