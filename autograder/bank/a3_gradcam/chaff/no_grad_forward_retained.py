# chaff: no_grad around the forward
# fails: gradcam
# says: no-gradient

# %% solution="gradcam"
import contextlib

@contextlib.contextmanager
def quiet(model):
    """eval mode inside, everything back outside"""
    modes = [m.training for m in model.modules()]
    model.eval()
    try:
        with torch.enable_grad():
            yield
    finally:
        for m, mode in zip(model.modules(), modes):
            m.training = mode


class GradCAM:
    def __init__(self, model, target_layer):
        self.model, self.target_layer = model, target_layer
        self.handles = []

    def _hook(self, module, args, out):
        out.retain_grad()
        self.act = out
        return out.clone()

    def __call__(self, images, class_index):
        x = torch.as_tensor(images, dtype=torch.float32).detach().clone().requires_grad_(True)
        with quiet(self.model):
            h = self.target_layer.register_forward_hook(self._hook)
            try:
                with torch.no_grad():
                    logits = self.model(x)
            finally:
                h.remove()
            logits[:, class_index].sum().backward(inputs=[self.act])
        grads = self.act.grad
        acts = self.act.detach()
        alphas = grads.mean((-2, -1))
        cam = torch.einsum("nc,nchw->nhw", alphas, acts)
        cam = torch.relu(cam)
        cam = F.interpolate(cam.unsqueeze(1), x.shape[-2:], mode="bilinear", align_corners=False).squeeze(1)
        flat = cam.flatten(1)
        lo, hi = flat.min(1).values[:, None, None], flat.max(1).values[:, None, None]
        span = hi - lo
        return torch.where(span > 0, (cam - lo) / span, cam / torch.where(hi > 0, hi, torch.ones_like(hi)))

    def remove(self):
        for h in self.handles:
            h.remove()
