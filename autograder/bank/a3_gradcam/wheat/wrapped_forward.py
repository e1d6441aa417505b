# wheat: a GradCAM that is an nn.Module and wraps the layer's forward

# %% solution="gradcam"
class GradCAM(nn.Module):
    def __init__(self, model, target_layer):
        super().__init__()
        self.__dict__["net"] = model            # no submodule, or .train() would reach it
        self.__dict__["spot"] = target_layer
        self.store = []

    def forward(self, images, class_index):
        images = torch.as_tensor(images, dtype=torch.float32)
        state = [(m, m.training) for m in self.net.modules()]
        original = self.spot.forward

        def wrapped(*args, **kwargs):
            out = original(*args, **kwargs)
            a = out.detach().clone().requires_grad_(True)
            self.store.append(a)
            return a * 1

        for m, _ in state:
            m.training = False
        self.spot.forward = wrapped
        torch_was = torch.is_grad_enabled()
        torch.set_grad_enabled(True)
        try:
            out = self.net(images)
            seed = torch.zeros_like(out)
            seed[:, class_index] = 1
            grad = torch.autograd.grad(out, self.store[-1], grad_outputs=seed)[0]
        finally:
            torch.set_grad_enabled(torch_was)
            del self.spot.forward
            for m, t in state:
                m.training = t
        with torch.no_grad():
            fmap = self.store.pop()
            self.store.clear()
            n, c, h, w = fmap.shape
            weight = grad.reshape(n, c, -1).mean(2)
            cam = (weight.unsqueeze(1) @ fmap.reshape(n, c, h * w)).reshape(n, h, w)
            cam = cam.clip(min=0)
            biggest = cam.reshape(n, -1).max(dim=1)[0]
            biggest[biggest == 0] = 1.0
            cam = cam / biggest.reshape(n, 1, 1)
            up = nn.Upsample(size=tuple(images.shape[2:]), mode="bilinear", align_corners=False)
            return up(cam.reshape(n, 1, h, w)).reshape(n, *images.shape[2:])

    def remove(self):
        self.store.clear()

# %% solution="overlay"
def overlay(image, heatmap, alpha):
    """red where it is hot, black where it is not"""
    hot = torch.as_tensor(np.asarray(heatmap), dtype=torch.float32)
    colours = torch.stack([hot * 255, torch.zeros_like(hot), torch.zeros_like(hot)], dim=-1)
    base = torch.from_numpy(np.array(image)).float()
    return torch.lerp(base, colours, float(alpha)).round().to(torch.uint8).numpy()
