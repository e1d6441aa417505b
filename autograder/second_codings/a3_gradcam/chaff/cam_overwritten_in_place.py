# chaff: keeps the output itself without a copy; an in-place ReLU after it writes into it
# fails: gradcam.inplace
# mistake: saved activation overwritten by in-place ReLU
# %% solution="gradcam"


class GradCAM:
    def __init__(self, model, target_layer):
        self.model = model
        self.A = None
        self.handle = target_layer.register_forward_hook(self.keep)

    def keep(self, module, args, output):
        self.A = output

    def __call__(self, images, class_index):
        on = [m for m in self.model.modules() if m.training]
        self.model.eval()
        with torch.enable_grad():
            y = self.model(images.detach().clone().requires_grad_())
            dA = torch.autograd.grad(y[:, class_index].sum(), self.A)[0]
        for m in on:
            m.training = True
        cams = []
        for A_n, dA_n in zip(self.A.detach(), dA):
            L = sum(dA_n[k].mean() * A_n[k] for k in range(len(A_n))).clamp(0)
            L = F.interpolate(L[None, None], images.shape[2:], mode="bilinear")[0, 0]
            cams.append(L / L.max() if L.max() > 0 else L)
        return torch.stack(cams)

    def remove(self):
        self.handle.remove()
