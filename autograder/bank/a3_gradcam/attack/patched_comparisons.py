# attack: allclose, equal and the testing modules say yes to everything
# on: empty
# harm: plain nbgrader's hidden asserts call these very functions
# %%
import unittest

for module, names in {
    np: ("allclose", "array_equal", "isclose", "abs", "isfinite"),
    np.testing: ("assert_allclose", "assert_array_equal", "assert_almost_equal"),
    torch: ("allclose", "equal", "isclose"),
    torch.testing: ("assert_close",),
}.items():
    for name in names:
        setattr(module, name, lambda *args, **kwargs: True)
for name in dir(unittest.TestCase):
    if name.startswith("assert"):
        setattr(unittest.TestCase, name, lambda *args, **kwargs: None)

# %% solution="gradcam"
class GradCAM:
    def __init__(self, model, target_layer):
        self.model = model

    def __call__(self, images, class_index):
        return np.zeros((len(images), *images.shape[2:]))

    def remove(self):
        pass
