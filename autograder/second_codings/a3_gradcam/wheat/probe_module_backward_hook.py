# wheat: full backward hook on a private nn.Identity that the forward hook routes the output through
# %% solution="gradcam"
class GradCAM(object):
    def __init__(self, model, target_layer):
        self.model = model
        self.activations = self.gradients = None
        self._active = False
        self._probe = nn.Identity()
        self._handles = [
            target_layer.register_forward_hook(self._forward_hook),
            self._probe.register_full_backward_hook(self._backward_hook),
        ]

    def _forward_hook(self, module, args, output):
        if not self._active:
            return None
        self.activations = output.detach().clone()
        return self._probe(output).clone()

    def _backward_hook(self, module, grad_input, grad_output):
        self.gradients = grad_output[0].detach()

    def __call__(self, images, class_index):
        flags = {name: m.training for name, m in self.model.named_modules()}
        self.model.eval()
        self._active = True
        try:
            with torch.set_grad_enabled(True):
                inputs = images.detach().clone()
                inputs.requires_grad = True
                logits = self.model(inputs)
                one_hot = torch.zeros_like(logits)
                one_hot[:, class_index] = 1
                torch.autograd.grad(logits, inputs, grad_outputs=one_hot)
        finally:
            self._active = False
            for name, m in self.model.named_modules():
                m.training = flags[name]
        weights = self.gradients.mean(dim=[2, 3], keepdim=True)
        heat = F.relu((weights * self.activations).sum(dim=1, keepdim=True))
        heat = F.interpolate(heat, images.shape[2:], mode="bilinear", align_corners=False).squeeze(
            1
        )
        maxima = heat.reshape(len(heat), -1).max(dim=1).values
        maxima[maxima == 0] = 1.0
        return (heat / maxima[:, None, None]).numpy()

    def remove(self):
        while self._handles:
            self._handles.pop().remove()
