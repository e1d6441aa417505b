# wheat: full backward hook on the module; in-place ReLUs are switched off for the call
# %% solution="gradcam"
class GradCAM:
    """Classic pair of hooks. A full backward hook forbids in-place ops after the layer."""

    def __init__(self, model, target_layer):
        self.model = model
        self.target_layer = target_layer
        self.fmap, self.grad = None, None
        self.handlers = [
            target_layer.register_forward_hook(self._forward),
            target_layer.register_full_backward_hook(self._backward),
        ]

    def _forward(self, module, inputs, output):
        self.fmap = output.detach().clone()

    def _backward(self, module, grad_input, grad_output):
        self.grad = grad_output[0].detach()

    def __call__(self, images, class_index):
        training = [m for m in self.model.modules() if m.training]
        inplace = [m for m in self.model.modules() if getattr(m, "inplace", False)]
        for m in inplace:
            m.inplace = False
        self.model.eval()
        try:
            x = torch.as_tensor(images).clone().requires_grad_(True)
            with torch.enable_grad():
                logits = self.model(x)
            onehot = torch.zeros_like(logits)
            onehot[:, class_index] = 1
            logits.backward(gradient=onehot, inputs=[x])
        finally:
            for m in inplace:
                m.inplace = True
            for m in training:
                m.training = True
        weights = self.grad.mean(dim=[2, 3])
        cam = torch.einsum("nk,nkhw->nhw", weights, self.fmap)
        cam = torch.relu(cam)
        cam = cam / (cam.amax(dim=(1, 2), keepdim=True) + 1e-8)
        return F.interpolate(cam.unsqueeze(1), x.shape[2:], mode="bilinear", align_corners=True).squeeze(1)

    def remove(self):
        for handler in self.handlers:
            handler.remove()
