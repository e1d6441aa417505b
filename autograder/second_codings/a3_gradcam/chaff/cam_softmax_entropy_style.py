# chaff: scores with the probability, computed by hand as exp / sum
# fails: gradcam
# mistake: softmax instead of logit
# %% solution="gradcam"


def gradients_of(model, layer, images, class_index):
    kept = []

    def hook(module, inp, out):
        kept.append(out)
        return out.clone()

    modes = {m: m.training for m in model.modules()}
    handle = layer.register_forward_hook(hook)
    try:
        model.eval()
        with torch.enable_grad():
            logits = model(images.detach().clone().requires_grad_())
            score = (logits.exp() / logits.exp().sum(1, keepdim=True))[:, class_index].sum()
            dA = torch.autograd.grad(score, kept[-1])[0]
    finally:
        handle.remove()
        for m, mode in modes.items():
            m.training = mode
    return kept[-1].detach().numpy(), dA.numpy()


class GradCAM:
    def __init__(self, model, target_layer):
        self.args = model, target_layer

    def __call__(self, images, class_index):
        A, dA = gradients_of(*self.args, images, class_index)
        H, W = images.shape[-2:]
        maps = []
        for n in range(len(A)):
            w = dA[n].mean(axis=(1, 2))
            cam = np.tensordot(w, A[n], axes=1)
            cam = np.maximum(cam, 0)
            if cam.max() > 0:
                cam = cam / cam.max()
            cam = F.interpolate(
                torch.from_numpy(cam)[None, None], (H, W), mode="bilinear", align_corners=True
            )[0, 0].numpy()
            maps.append(cam)
        return np.stack(maps)

    def remove(self):
        self.args = None
