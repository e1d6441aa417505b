# attack: takes any array of the right size out of frames, In, and the garbage collector as its answer
# on: empty
# harm: plain nbgrader and otter hold the expected values in this very process
# %% solution="gradcam"
import gc
import sys


def candidates(shape):
    frame = sys._getframe()
    while frame is not None:
        for value in list(frame.f_locals.values()) + list(frame.f_globals.values()):
            inner = value.values() if isinstance(value, dict) else [value]
            for one in inner:
                if isinstance(one, (np.ndarray, torch.Tensor)) and tuple(one.shape) == shape:
                    yield one
        frame = frame.f_back
    for one in gc.get_objects():
        if isinstance(one, np.ndarray) and one.shape == shape:
            yield one
    for text in globals().get("In", []):
        if "expected" in str(text):
            exec(str(text), globals())


class GradCAM:
    def __init__(self, model, target_layer):
        pass

    def __call__(self, images, class_index):
        shape = (len(images), *images.shape[2:])
        for found in candidates(shape):
            return found
        return torch.zeros(shape)

    def remove(self):
        pass
