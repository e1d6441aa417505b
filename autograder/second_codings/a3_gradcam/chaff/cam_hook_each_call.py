# chaff: registers a further hook on each call; remove() takes off the latest only
# fails: gradcam.state
# mistake: hooks registered again on each call
# %% solution="gradcam"


class GradCAM:
    handle = None

    def __init__(self, model, target_layer):
        self.model, self.target_layer = model, target_layer
        self.saved = []

    def __call__(self, images, class_index):
        saved = []

        def hook(module, args, output):
            if self.saved is saved:
                saved.append(output.detach().clone().requires_grad_())
                return saved[-1].clone()

        self.saved = saved
        self.handle = self.target_layer.register_forward_hook(hook)
        modes = [(m, m.training) for m in self.model.modules()]
        self.model.eval()
        with torch.enable_grad():
            grad = torch.autograd.grad(self.model(images)[:, class_index].sum(), saved[0])[0]
        self.saved = None
        for m, mode in modes:
            m.training = mode
        cam = torch.relu((grad.mean((-1, -2), True) * saved[0].detach()).sum(1, True))
        peak = cam.flatten(1).amax(1).view(-1, 1, 1, 1)
        cam = torch.where(peak > 0, cam / peak, cam)
        return (
            F.interpolate(cam, images.shape[-2:], mode="bilinear", align_corners=True)
            .squeeze(1)
            .numpy()
        )

    def remove(self):
        if self.handle:
            self.handle.remove()
