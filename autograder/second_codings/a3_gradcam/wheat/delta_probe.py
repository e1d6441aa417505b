# wheat: adds a zero tensor δ to the layer's output and differentiates with respect to δ; no leaf cut, no clone of A
# %% solution="gradcam"
class GradCAM:
    """y(A + δ) at δ = 0: its derivative by δ is the derivative by A."""

    def __init__(self, model, target_layer):
        self.net, self.layer = model, target_layer
        self.on = False
        self.hook = target_layer.register_forward_hook(self._nudge)

    def _nudge(self, module, args, out):
        if not self.on:
            return
        self.A = out.detach().clone()
        with torch.enable_grad():
            self.delta = torch.zeros_like(self.A, requires_grad=True)
            return self.A + self.delta

    def __call__(self, images, class_index, verbose=False):
        was = [(m, m.training) for m in self.net.modules()]
        self.net.eval()
        self.on = True
        try:
            with torch.enable_grad():
                y = self.net(images)[:, class_index]
                (g,) = torch.autograd.grad(y.sum(), self.delta)
        finally:
            self.on = False
            for m, t in was:
                m.training = t
        if verbose:
            print("gradient", tuple(g.shape))
        alpha = g.flatten(2).mean(-1)
        L = torch.einsum("nk,nkij->nij", alpha, self.A).relu()
        L = F.interpolate(L[:, None], size=tuple(images.shape[-2:]), mode="bilinear")[:, 0]
        peak = L.amax((1, 2), keepdim=True)
        return torch.where(peak > 0, L / peak, torch.zeros_like(L))

    def remove(self):
        self.hook.remove()
