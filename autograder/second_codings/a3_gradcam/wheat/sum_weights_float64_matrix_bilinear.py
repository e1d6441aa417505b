# wheat: sum of the gradients in place of the mean, bilinear enlargement as two hand-made matrices, scaled after enlarging
# %% solution="gradcam"
def _lin(n_out, n_in):
    """Rows that mix neighbours, half-pixel centres."""
    pos = np.clip((np.arange(n_out) + 0.5) * n_in / n_out - 0.5, 0, n_in - 1)
    i0 = np.floor(pos).astype(int)
    i1 = np.minimum(i0 + 1, n_in - 1)
    t = pos - i0
    M = np.zeros((n_out, n_in))
    np.add.at(M, (np.arange(n_out), i0), 1 - t)
    np.add.at(M, (np.arange(n_out), i1), t)
    return M


class GradCAM:
    mode = "sum"

    def __init__(self, model, target_layer):
        self.model = model
        self.leaves = None
        self.handle = target_layer.register_forward_hook(self.cut)

    def cut(self, layer, inp, out):
        if self.leaves is None:  # somebody else's forward pass
            return None
        leaf = out.detach().clone().requires_grad_(True)
        self.leaves.append(leaf)
        return leaf.clone()

    def __call__(self, images, class_index):
        self.leaves = []
        before = [(m, m.training) for m in self.model.modules()]
        try:
            self.model.eval()
            with torch.enable_grad():
                y = self.model(images)[:, class_index].sum()
                g = torch.autograd.grad(y, self.leaves[-1])[0]
            A = self.leaves[-1].detach().double().numpy()
        finally:
            self.leaves = None
            for m, training in before:
                m.training = training
        α = g.double().numpy().sum((-1, -2))  # the 1/hw goes away when scaling
        L = np.clip(np.einsum("nk,nkhw->nhw", α, A), 0, None)
        H, W = images.shape[2:]
        L = _lin(H, L.shape[1]) @ L @ _lin(W, L.shape[2]).T
        top = L.max(axis=(1, 2), keepdims=True)
        return np.divide(L, top, out=np.zeros_like(L), where=top > 0)

    def remove(self):
        self.handle.remove()
