# chaff: no ReLU; min-max of the signed map fills [0,1] (20, 23)
# fails: gradcam.values
# says: no-relu
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
        cam = (weights * self.activations).sum(dim=1, keepdim=True)
        cam = F.interpolate(cam, size=images.shape[-2:], mode="bilinear", align_corners=False)
        cam = cam[:, 0]
        low, high = cam.amin((1, 2), keepdim=True), cam.amax((1, 2), keepdim=True)
        return (cam - low) / (high - low)

    def remove(self):
        self.handle.remove()
