# chaff: gradient with respect to the pixels
# fails: gradcam
# mistake: pixel gradients (saliency) instead of feature maps
# %% solution="gradcam"


class GradCAM:
    def __init__(self, model, target_layer):
        self.model, self.target_layer = model, target_layer

    def __call__(self, images, class_index):
        flags = {m: m.training for m in self.model.modules()}
        self.model.eval()
        x = images.detach().clone().requires_grad_()
        with torch.enable_grad():
            g = torch.autograd.grad(self.model(x)[:, class_index].sum(), x)[0]
        for m in flags:
            m.training = flags[m]
        heat = g.abs().amax(1)
        top = heat.amax((1, 2), keepdim=True)
        return heat / torch.where(top > 0, top, torch.ones(()))

    def remove(self): ...
