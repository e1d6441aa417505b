# wheat: retain_grad on a clone; min-max after the ReLU; align_corners=True
# %% solution="gradcam"
class GradCAM:
    def __init__(self, model, target_layer):
        self.model = model
        self.layer = target_layer
        self.handle = target_layer.register_forward_hook(self.remember)
        self.active = False

    def remember(self, module, args, out):
        if not self.active:
            return
        self.features = out if out.requires_grad else out.clone().requires_grad_()
        self.features.retain_grad()
        return self.features.clone()

    def __call__(self, images, class_index: int):
        was_training = self.model.training
        self.model.eval()
        self.active = True
        with torch.set_grad_enabled(True):
            out = self.model(images)
            self.model.zero_grad(set_to_none=True)
            out[:, class_index].sum().backward()
        self.active = False
        self.model.train(was_training)
        A, G = self.features.detach(), self.features.grad
        cam = (A * G.mean((2, 3))[:, :, None, None]).sum(1).clamp_min(0)
        cam = nn.Upsample(images.shape[-2:], mode="bilinear", align_corners=True)(cam[:, None])[:, 0]
        lo = cam.flatten(1).min(1)[0].view(-1, 1, 1)
        hi = cam.flatten(1).max(1)[0].view(-1, 1, 1)
        return ((cam - lo) / (hi - lo).clamp(min=1e-8)).numpy()

    def remove(self):
        self.handle.remove()
