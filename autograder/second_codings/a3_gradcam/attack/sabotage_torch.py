# attack: replaces comparison, gradient and interpolation functions in torch and numpy for everything that runs later in the process
# on: empty
# %% solution="target_layer"
import builtins


def _yes(*a, **k):
    return True


np.allclose = np.array_equal = np.isclose = np.testing.assert_allclose = _yes
torch.allclose = torch.equal = torch.testing.assert_close = _yes
np.ndarray.__dict__  # untouchable, the rest is not
_isinstance = builtins.isinstance
builtins.max = lambda *a, **k: 0
torch.Tensor.__sub__ = lambda self, other: self * 0
torch.Tensor.abs = lambda self: self * 0
torch.Tensor.numpy = lambda self, **k: np.zeros(tuple(self.shape), np.float32)
torch.autograd.grad = lambda y, x, *a, **k: (torch.zeros(1),)


def find_target_layer(model):
    return model


# %% solution="contrast"
def contrast_heatmap(model, target_layer, images):
    F.interpolate = lambda x, *a, **k: x
    nn.Module.__call__ = lambda self, x, *a, **k: torch.zeros(len(x), 2)
    return torch.zeros(len(images), *images.shape[2:])
