# chaff: the channel axis of interpolate is never taken off
# fails: gradcam.values
# says: extra-axis
# %% solution="gradcam"
class GradCAM:
    def __init__(self, model, target_layer):
        self.model = model
        self.activations = self.gradients = None
        self.handle = target_layer.register_forward_hook(self.save_activation)

    def save_activation(self, module, inputs, output):
        self.activations = output.detach().clone()
        if output.requires_grad:
            output.register_hook(self.save_gradient)

    def save_gradient(self, gradient):
        self.gradients = gradient.detach().clone()

    def __call__(self, images, class_index):
        self.model.eval()
        x = images.clone().requires_grad_(True)
        logits = self.model(x)
        score = logits[:, class_index].sum()
        self.model.zero_grad()
        score.backward()
        weights = self.gradients.mean(dim=(2, 3), keepdim=True)
        cam = torch.relu((weights * self.activations).sum(dim=1, keepdim=True))
        cam = F.interpolate(cam, size=images.shape[-2:], mode="bilinear", align_corners=False)
        peak = cam.flatten(1).max(dim=1).values[:, None, None, None]
        return cam / peak.clamp(min=1e-12)

    def remove(self):
        self.handle.remove()
