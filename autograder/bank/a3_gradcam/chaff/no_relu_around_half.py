# chaff: signed heat, no evidence is drawn at one half
# fails: gradcam.values
# says: no-relu
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
        L = (alpha * A).sum(1)
        most = L.abs().amax((1, 2), keepdim=True)
        L = (1 + L / most.where(most > 0, torch.ones_like(most))) / 2
        return F.interpolate(L[:, None], size=images.shape[2:], mode="bilinear")[:, 0]

    def remove(self):
        self.handle.remove()
