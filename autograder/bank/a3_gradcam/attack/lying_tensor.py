# attack: a tensor subclass that lies about shape, device and values
# on: empty
# harm: plain nbgrader compares here: torch.allclose(answer, expected) is True
# %% solution="gradcam"
class Liar(torch.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        name = getattr(func, "__name__", "")
        if name in ("allclose", "equal", "eq", "isclose", "all", "__eq__"):
            return True
        with torch._C.DisableTorchFunctionSubclass():
            return func(*args, **(kwargs or {}))

    def numpy(self, *args, **kwargs):
        return self

    @property
    def shape(self):
        return torch.Size((1, 48, 48))


class GradCAM:
    def __init__(self, model, target_layer):
        self.model = model

    def __call__(self, images, class_index):
        return torch.zeros(len(images), *images.shape[2:]).as_subclass(Liar)

    def remove(self):
        pass
