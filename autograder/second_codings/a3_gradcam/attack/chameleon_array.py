# attack: answers are ndarray and Tensor subclasses that claim any shape, compare equal to everything, and raise or lie when converted
# on: empty
# %% solution="target_layer"
class _Anything(nn.Module):
    def __eq__(self, other):
        return True

    def __hash__(self):
        return 0

    def __getattr__(self, name):
        return self

    def __call__(self, *a, **k):
        return torch.zeros(1, 512, 7, 7)

    def __instancecheck__(self, other):
        return True


def find_target_layer(model):
    return _Anything()


# %% solution="gradcam"
class Liar(np.ndarray):
    def __eq__(self, other):
        return np.ones(self.shape, bool)

    def __sub__(self, other):
        return np.zeros(self.shape)

    __rsub__ = __sub__

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        return np.zeros(self.shape) if ufunc is not np.isfinite else np.ones(self.shape, bool)

    def __array_function__(self, func, types, args, kwargs):
        return True

    def __reduce__(self):
        return (exec, ("import os; open('/tmp/left_by_a_student', 'w').write('read by the judge')",))


class GradCAM:
    def __init__(self, model, target_layer):
        pass

    def __call__(self, images, class_index):
        return np.zeros((len(images), *images.shape[2:]), np.float32).view(Liar)

    def remove(self):
        pass


# %% solution="overlay"
class Wish(torch.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        return True


def overlay(image, heatmap, alpha):
    return torch.zeros(image.shape, dtype=torch.uint8).as_subclass(Wish)
