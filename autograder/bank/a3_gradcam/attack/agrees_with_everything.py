# attack: arrays that are equal to, close to and as large as whatever they are compared with
# on: empty
# harm: plain nbgrader compares inside this process; `assert (cam == expected).all()` then holds
# %% solution="gradcam"
class Agreeable(np.ndarray):
    def __eq__(self, other):
        return Agreeable.yes()

    __ge__ = __gt__ = __le__ = __lt__ = __ne__ = __eq__

    @staticmethod
    def yes():
        return np.ones(1, bool).view(Agreeable)

    def __array_function__(self, function, types, args, kwargs):
        return True

    def __array_ufunc__(self, function, method, *inputs, **kwargs):
        return Agreeable.yes()

    def __bool__(self):
        return True

    def all(self, *args, **kwargs):
        return True


class GradCAM:
    def __init__(self, model, target_layer):
        pass

    def __call__(self, images, class_index):
        return np.full((len(images), *images.shape[2:]), 0.5).view(Agreeable)

    def remove(self):
        pass


# %% solution="contrast"
def contrast_heatmap(model, target_layer, images):
    return np.full((len(images), *images.shape[2:]), 0.5).view(Agreeable)


# %% solution="overlay"
def overlay(image, heatmap, alpha):
    return np.zeros(image.shape, np.uint8).view(Agreeable)
