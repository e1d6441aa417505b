# wheat: plain backward() that fills .grad and leaves the net in eval mode (the notebook says manners cost no points)
# %% solution="gradcam"
class GradCAM:
    def __init__(self, model, target_layer):
        self.model = model
        self.use = False
        self.h = target_layer.register_forward_hook(self.save)

    def save(self, module, input, output):
        if self.use:
            self.act = output.detach().clone()
            output.register_hook(lambda g: setattr(self, "grad", g.clone()))
            return output.clone()

    def __call__(self, images, class_index):
        self.model.eval()
        self.use = True
        with torch.enable_grad():
            out = self.model(images.clone().requires_grad_(True))
            out[:, class_index].sum().backward()
        self.use = False
        weights = torch.mean(self.grad, (2, 3))
        result = []
        for i in range(images.size(0)):
            cam = torch.zeros(self.act.shape[2:])
            for j, w in enumerate(weights[i]):
                cam += w * self.act[i, j]
            cam[cam < 0] = 0
            m = cam.max().item()
            if m != 0:
                cam = cam / m
            cam = F.interpolate(
                cam.view(1, 1, *cam.shape),
                size=(images.size(2), images.size(3)),
                mode="bilinear",
                align_corners=True,
            )
            result.append(cam.view(images.size(2), images.size(3)))
        return torch.stack(result).detach()

    def remove(self):
        self.h.remove()
