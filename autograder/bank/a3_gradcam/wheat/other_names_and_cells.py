# wheat: helpers in cells of their own, other variable names, another split of the work
# %%
import math

EPS = 0.0


def rescale(stack):
    """Each picture by its own peak."""
    flat = stack.reshape(len(stack), -1)
    peak = flat.max(dim=1).values
    peak = torch.where(peak > EPS, peak, torch.full_like(peak, math.inf))
    return stack / peak[:, None, None]

# %%
def grow(stack, like):
    return F.interpolate(stack.unsqueeze(1), like.shape[-2:], mode="bilinear").squeeze(1)

# %% solution="gradcam"
class Tap:
    def __init__(self, layer):
        self.open = False
        self.handle = layer.register_forward_hook(self)

    def __call__(self, layer, inputs, result):
        if self.open:
            self.leaf = result.data.clone().requires_grad_()
            return self.leaf + 0


class GradCAM:
    def __init__(self, net, layer):
        self.net, self.tap = net, Tap(layer)

    def __call__(self, batch, k):
        self.net.eval()
        self.tap.open = True
        outputs = self.net(batch)
        self.tap.open = False
        pull = torch.autograd.grad(outputs.select(1, k).sum(), self.tap.leaf)[0]
        evidence = (pull.mean(3).mean(2)[..., None, None] * self.tap.leaf.data).sum(1)
        return grow(rescale(evidence.relu()), batch)

    def remove(self):
        self.tap.handle.remove()
