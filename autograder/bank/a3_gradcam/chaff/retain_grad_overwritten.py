# chaff: retain_grad on the output that an in-place ReLU then changes (2)
# fails: gradcam.inplace
# says: overwritten-in-place
# %% solution="gradcam"
class GradCAM:
    def __init__(self, model, target_layer):
        self.model = model
        self.activations = self.gradients = None
        self.handle = target_layer.register_forward_hook(self.save_activation)

    def save_activation(self, module, inputs, output):
        self.activations = output
        output.retain_grad()

    def __call__(self, images, class_index):
        self.model.eval()
        x = images.clone().requires_grad_(True)
        logits = self.model(x)
        score = logits[:, class_index].sum()
        self.model.zero_grad()
        score.backward()
        weights = self.activations.grad.mean(dim=(2, 3), keepdim=True)
        cam = torch.relu((weights * self.activations.detach()).sum(dim=1, keepdim=True))
        cam = F.interpolate(cam, size=images.shape[-2:], mode="bilinear", align_corners=False)
        cam = cam[:, 0]
        peak = cam.flatten(1).max(dim=1).values[:, None, None]
        return cam / peak.clamp(min=1e-12)

    def remove(self):
        self.handle.remove()
