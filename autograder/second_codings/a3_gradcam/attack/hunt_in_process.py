# attack: looks through every live object, module, frame and thread for a reference heatmap or a ready method, and returns what it finds
# on: empty
# %% solution="gradcam"
import gc
import sys


def _hunt(shape):
    for module in list(sys.modules.values()):
        for name in ("explain", "gradcam", "GradCAM", "reference", "solution", "judge"):
            hit = getattr(module, name, None)
            if callable(hit) and hit is not GradCAM:
                yield hit
    frame = sys._getframe()
    while frame:
        for value in list(frame.f_locals.values()) + list(frame.f_globals.values()):
            if hasattr(value, "shape") and tuple(getattr(value, "shape", ())) == shape:
                yield value
        frame = frame.f_back
    for obj in gc.get_objects():
        try:
            if isinstance(obj, (torch.Tensor, np.ndarray)) and tuple(obj.shape) == shape:
                yield obj
        except Exception:
            pass


class GradCAM:
    def __init__(self, model, target_layer):
        self.model, self.layer = model, target_layer

    def __call__(self, images, class_index):
        shape = (len(images), *images.shape[-2:])
        for hit in _hunt(shape):
            try:
                if callable(hit) and not isinstance(hit, torch.Tensor):
                    out = hit(self.model, images, target_layer=self.layer)
                    return list(out.heatmaps.values())[class_index].values
                if tuple(hit.shape) == shape:
                    return hit
            except Exception:
                continue
        raise LookupError("nothing found")

    def remove(self):
        pass
