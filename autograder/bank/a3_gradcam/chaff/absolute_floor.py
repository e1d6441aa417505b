# chaff: the divisor is 2e-5 at the least, which fades the faintest maps only
# fails: gradcam.faint
# says: absolute-eps
# %% solution="gradcam"
class GradCAM:
    def __init__(self, model, target_layer):
        self.model, self.on = model, False
        self.handle = target_layer.register_forward_hook(self.keep)

    def keep(self, module, inputs, output):
        if self.on:
            self.A = output.detach().clone().requires_grad_()
            return self.A.clone()

    def __call__(self, images, class_index):
        self.model.eval()
        self.on = True
        with torch.enable_grad():
            y = self.model(images)
            score = y[:, class_index].sum()
            (dA,) = torch.autograd.grad(score, self.A)
        self.on = False
        A = self.A.detach()
        alpha = dA.mean((2, 3), keepdim=True)
        L = F.relu((alpha * A).sum(1))
        L = L / L.amax((1, 2), keepdim=True).clamp(min=2e-5)
        return F.interpolate(L[:, None], size=images.shape[2:], mode="bilinear")[:, 0]

    def remove(self):
        self.handle.remove()
