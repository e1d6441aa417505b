# wheat: torch.func.grad, functools

# %% solution="gradcam"
from functools import partial, reduce
import operator

def capture(hook_list, layer):
    def hook(mod, inp, out):
        hook_list.append(out.detach().clone())
        return out
    return layer.register_forward_hook(hook)

class GradCAM:
    def __init__(self, model, target_layer):
        self.model = model
        self.layer = target_layer

    def _tail(self, A, images, class_index):
        h = self.layer.register_forward_hook(lambda m, i, o: A.clone())
        try:
            return self.model(images)[:, class_index].sum()
        finally:
            h.remove()

    def __call__(self, images, class_index):
        images = torch.as_tensor(images, dtype=torch.float32)
        flags = [m.training for m in self.model.modules()]
        self.model.train(False)
        try:
            seen = []
            h = capture(seen, self.layer)
            try:
                with torch.no_grad():
                    self.model(images)
            finally:
                h.remove()
            A = seen[-1]
            with torch.enable_grad():
                G = torch.func.grad(partial(self._tail, images=images, class_index=class_index))(A)
        finally:
            for m, f in zip(self.model.modules(), flags):
                m.training = f
        C = A.shape[1]
        cam = reduce(operator.add, (G[:, k].mean(dim=(1, 2)).reshape(-1, 1, 1) * A[:, k] for k in range(C)))
        cam = cam * (cam > 0)
        top = cam.flatten(1).max(1).values
        cam = torch.stack([c / t if t > 0 else torch.zeros_like(c) for c, t in zip(cam, top)])
        return F.interpolate(cam.unsqueeze(1), size=tuple(images.shape[-2:]), mode="bilinear", align_corners=False, antialias=False)[:, 0]

    def remove(self):
        self.layer = None
