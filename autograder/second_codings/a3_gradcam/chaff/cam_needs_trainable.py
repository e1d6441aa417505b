# chaff: differentiates through the network's own graph; nothing requires a gradient when frozen
# fails: gradcam.frozen
# mistake: frozen network has no gradient
# %% solution="gradcam"


class GradCAM:
    def __init__(self, model, target_layer):
        self.model, self.target_layer = model, target_layer

    def __call__(self, images, class_index):
        box = []
        h = self.target_layer.register_forward_hook(lambda m, i, o: (box.append(o), o.clone())[1])
        state = [(m, m.training) for m in self.model.modules()]
        self.model.eval()
        try:
            with torch.enable_grad():
                y = self.model(images)[:, class_index]
                (g,) = torch.autograd.grad(y.sum(), box)
        finally:
            h.remove()
            for m, s in state:
                m.training = s
        A = box[0].detach()
        L = F.relu(torch.einsum("nk,nkij->nij", g.mean((2, 3)), A))
        L = F.interpolate(L[:, None], images.shape[2:], mode="bilinear")[:, 0]
        M = L.amax((1, 2), keepdim=True)
        return L / (M + (M == 0))

    def remove(self):
        pass
