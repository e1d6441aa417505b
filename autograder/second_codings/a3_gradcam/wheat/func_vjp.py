# wheat: two passes and torch.func.vjp, the gradient with respect to an additive offset handed in as a function argument
# %% solution="gradcam"
from functools import partial


def _put(module, inputs, output, new):
    return new.clone()


def _catch(module, inputs, output, box):
    box["A"] = output.detach().clone()


class GradCAM:
    def __init__(self, model, target_layer):
        self.model = model
        self.layer = target_layer

    def _tail(self, A, images):
        h = self.layer.register_forward_hook(partial(_put, new=A))
        try:
            return self.model(images)
        finally:
            h.remove()

    def __call__(self, images, class_index):
        flags = [(m, m.training) for m in self.model.modules()]
        self.model.eval()
        try:
            box = {}
            h = self.layer.register_forward_hook(partial(_catch, box=box))
            try:
                with torch.no_grad():
                    self.model(images)
            finally:
                h.remove()
            with torch.enable_grad():
                y, back = torch.func.vjp(
                    lambda a: self._tail(a, images.detach())[:, class_index], box["A"]
                )
                (g,) = back(torch.ones_like(y))
        finally:
            for m, flag in flags:
                m.training = flag
        cam = (g.detach().mean((2, 3), keepdim=True) * box["A"]).sum(1).clamp_min(0)
        top = cam.flatten(1).max(1)[0]
        cam = cam / torch.where(top > 0, top, torch.ones_like(top)).view(-1, 1, 1)
        return F.interpolate(
            cam[None], size=images.shape[-2:], mode="bilinear", align_corners=False
        )[0]

    def remove(self):
        """Nothing stays between calls."""
