# wheat: gradient through Tensor.register_hook, everything after that in NumPy float64, min-max after the ReLU, align_corners
# %% solution="gradcam"
class GradCAM:
    def __init__(self, model, target_layer):
        self.model = model
        self.target_layer = target_layer

    def remove(self):
        pass  # hooks live only during a call

    def __call__(self, images, class_index: int) -> np.ndarray:
        store = {}

        def save_grad(grad):
            store["dA"] = grad.detach().cpu().numpy().astype(np.float64)

        def fwd(mod, inp, out):
            store["A"] = out.detach().cpu().numpy().astype(np.float64)  # astype copies
            out.register_hook(save_grad)
            return out.clone()

        modes = {m: m.training for m in self.model.modules()}
        self.model.eval()
        handle = self.target_layer.register_forward_hook(fwd)
        try:
            x = images.detach().clone().requires_grad_(True)
            with torch.enable_grad():
                score = self.model(x)[:, class_index].sum()
            score.backward(inputs=[x])  # only the input collects a .grad
        finally:
            handle.remove()
            for m, mode in modes.items():
                m.training = mode

        A, dA = store["A"], store["dA"]
        w = dA.mean(axis=(2, 3))
        cams = np.zeros((A.shape[0],) + A.shape[2:])
        for n in range(A.shape[0]):
            for k in range(A.shape[1]):
                cams[n] += w[n, k] * A[n, k]
        cams = np.maximum(cams, 0)
        big = (
            F.interpolate(
                torch.from_numpy(cams).unsqueeze(1),
                size=images.shape[2:],
                mode="bilinear",
                align_corners=True,
            )
            .squeeze(1)
            .numpy()
        )
        res = np.zeros_like(big)
        for n, cam in enumerate(big):
            lo, hi = cam.min(), cam.max()
            if hi > lo:
                res[n] = (cam - lo) / (hi - lo)
        return res
