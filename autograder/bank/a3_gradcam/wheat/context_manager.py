# wheat: hooks live in a context manager for the time of one call, PIL resizes
# %% solution="gradcam"
import contextlib

from PIL import Image


class GradCAM:
    def __init__(self, model, target_layer):
        self.model, self.target_layer = model, target_layer

    @contextlib.contextmanager
    def watching(self):
        found = []

        def hook(module, inputs, output):
            found.append(output.detach().clone().requires_grad_())
            return found[0].clone()

        handle = self.target_layer.register_forward_hook(hook)
        modes = {m: m.training for m in self.model.modules()}
        self.model.eval()
        try:
            yield found
        finally:
            handle.remove()
            for m, mode in modes.items():
                m.training = mode

    def __call__(self, images, class_index):
        maps = []
        for image in images:
            with self.watching() as found, torch.enable_grad():
                y = self.model(image.unsqueeze(0))
                grad = torch.autograd.grad(y[0, class_index], found[0])[0]
            raw = (grad.mean((2, 3), keepdim=True) * found[0]).sum(1)[0].detach().numpy()
            raw = np.clip(raw, 0, None)
            heat = raw / raw.max() if raw.max() > 0 else raw
            H, W = image.shape[-2:]
            maps.append(np.asarray(Image.fromarray(heat.astype("float32")).resize((W, H), Image.BILINEAR)))
        return np.array(maps)

    def remove(self):
        pass
