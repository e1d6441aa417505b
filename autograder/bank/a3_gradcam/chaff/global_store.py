# chaff: activations in a global dictionary that all extractors share (6)
# fails: gradcam.state
# says: one-extractor-only
# %% solution="gradcam"
STORE = {}


class GradCAM:
    def __init__(self, model, target_layer):
        self.model = model
        STORE['owner'] = self
        STORE['class'] = None
        self.handle = target_layer.register_forward_hook(self.save_activation)

    def save_activation(self, module, inputs, output):
        STORE['A'] = output.detach().clone()
        if output.requires_grad:
            output.register_hook(self.save_gradient)

    def save_gradient(self, gradient):
        STORE['dA'] = gradient.detach().clone()

    def __call__(self, images, class_index):
        self.model.eval()
        x = images.clone().requires_grad_(True)
        logits = self.model(x)
        STORE['class'] = class_index if STORE['owner'] is self else STORE['class']
        score = logits[:, STORE['class']].sum()
        self.model.zero_grad()
        score.backward()
        weights = STORE['dA'].mean(dim=(2, 3), keepdim=True)
        cam = torch.relu((weights * STORE['A']).sum(dim=1, keepdim=True))
        cam = F.interpolate(cam, size=images.shape[-2:], mode="bilinear", align_corners=False)
        cam = cam[:, 0]
        peak = cam.flatten(1).max(dim=1).values[:, None, None]
        return cam / peak.clamp(min=1e-12)

    def remove(self):
        self.handle.remove()
