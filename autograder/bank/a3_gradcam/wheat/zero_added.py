# wheat: gradient with respect to an added zero, float64 numpy, np.interp

# %% solution="gradcam"
class GradCAM:
    """adds a zero tensor to the activations and differentiates with respect to it"""
    def __init__(self, model, target_layer):
        self.m = model
        self.t = target_layer

    def __call__(self, images, class_index):
        images = torch.as_tensor(images).to(torch.float32)
        modes = {m: m.training for m in self.m.modules()}
        self.m.eval()
        box = {}

        def look(mod, inp, out):
            box["A"] = out.detach().clone()

        def add(mod, inp, out):
            return out.detach() + box["zero"]

        try:
            handle = self.t.register_forward_hook(look)
            try:
                with torch.no_grad():
                    self.m(images)
            finally:
                handle.remove()
            box["zero"] = torch.zeros_like(box["A"], requires_grad=True)
            handle = self.t.register_forward_hook(add)
            try:
                with torch.enable_grad():
                    y = self.m(images).T[class_index]
                    G, = torch.autograd.grad([y.sum()], [box["zero"]])
            finally:
                handle.remove()
        finally:
            for m in modes:
                m.training = modes[m]
        A = box["A"].double().numpy()
        G = G.double().numpy()
        a = G.mean((2, 3))
        raw = np.array([np.tensordot(a[n], A[n], axes=1) for n in range(len(A))])
        L = np.where(raw > 0, raw, 0.0)
        out = []
        for m in L:
            m = m / m.max() if m.max() > 0 else m
            out.append(self.enlarge(m, images.shape[2], images.shape[3]))
        return np.array(out, dtype=np.float32)

    @staticmethod
    def enlarge(m, H, W):
        h, w = m.shape
        y = np.linspace(0, h - 1, H)
        x = np.linspace(0, w - 1, W)
        rows = np.array([np.interp(x, np.arange(w), r) for r in m])
        return np.array([np.interp(y, np.arange(h), c) for c in rows.T]).T

    def remove(self):
        pass
