# chaff: no ReLU after the sum over channels; the signed map is divided by its maximum
# fails: gradcam.values
# says: no-relu
# %% solution="gradcam"
class GradCAM:
    def __init__(self, model, target_layer):
        self.model = model.eval()
        self.handle = target_layer.register_forward_hook(self.keep)

    def keep(self, module, inputs, output):
        self.A = output.detach().clone().requires_grad_()
        return self.A.clone()

    def __call__(self, images, class_index):
        with torch.enable_grad():
            y = self.model.eval()(images)[:, class_index]
            (gradient,) = torch.autograd.grad(y.sum(), self.A)
        L = (gradient.mean((2, 3), keepdim=True) * self.A.detach()).sum(1)
        L = L / L.amax((1, 2), keepdim=True)
        return F.interpolate(L[:, None], size=images.shape[2:], mode="bilinear")[:, 0]

    def remove(self):
        self.handle.remove()
