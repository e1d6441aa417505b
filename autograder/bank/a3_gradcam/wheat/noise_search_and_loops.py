# wheat: a loop over images and channels, sum of gradients, arrays

# %% solution="gradcam"
class GradCAM(object):

    def __init__(self, model, target_layer):
        self.net = model
        self.layer = target_layer
        self.features = None
        self.on = False
        self.hook = self.layer.register_forward_hook(self.save)

    def save(self, m, i, o):
        if self.on:
            self.features = o
            return o.clone()

    def one(self, x, c):
        x = x[None].detach().clone()
        x.requires_grad = True
        out = self.net(x)
        score = out[0, c]
        g = torch.autograd.grad(score, self.features)[0]
        f = self.features.detach().numpy()[0]
        w = g.numpy()[0].sum(axis=1).sum(axis=1)
        cam = np.zeros(f.shape[1:], dtype=np.float32)
        for k in range(len(w)):
            cam = cam + w[k] * f[k]
        cam[cam < 0] = 0
        if cam.max() > 0:
            cam = cam / cam.max()
        cam = torch.from_numpy(cam)[None, None]
        cam = F.interpolate(cam, size=(x.shape[-2], x.shape[-1]), mode="bilinear", align_corners=True)
        return cam.numpy()[0, 0]

    def __call__(self, images, class_index):
        images = torch.as_tensor(images).float()
        was = {}
        for n, m in self.net.named_modules():
            was[n] = m.training
        self.net.eval()
        self.on = True
        try:
            with torch.enable_grad():
                return np.stack([self.one(x, class_index) for x in images])
        finally:
            self.on = False
            for n, m in self.net.named_modules():
                m.training = was[n]

    def remove(self):
        self.hook.remove()

# %% solution="contrast"
def contrast_heatmap(model, target_layer, images):
    out_maps = []
    training = {name: m.training for name, m in model.named_modules()}
    def restore():
        for name, m in model.named_modules():
            m.training = training[name]
    for image in torch.as_tensor(images, dtype=torch.float32):
        feats = {}
        def hook(m, i, o):
            feats["a"] = o
            return o.clone()
        hd = target_layer.register_forward_hook(hook)
        try:
            model.eval()
            with torch.enable_grad():
                inp = image.unsqueeze(0).clone().requires_grad_()
                z = model(inp)[0]
                z = z @ torch.tensor([-1.0, 1.0])
                grad, = torch.autograd.grad(z, feats["a"])
        finally:
            hd.remove(); restore()
        a = feats["a"].detach()[0].numpy(); w = grad[0].numpy().mean(axis=(1, 2))
        cam = np.maximum(np.einsum("k,kij->ij", w, a), 0)
        t = torch.tensor(cam)[None, None]
        t = F.interpolate(t, size=image.shape[1:], mode="bilinear")[0, 0].numpy()
        out_maps.append((t / t.max()) if t.max() > 0 else t)
    return np.stack(out_maps)

# %% solution="overlay"
from matplotlib import pyplot as plt
def overlay(image, heatmap, alpha=0.5):
    heat = np.array(heatmap, dtype=float)
    rgba = plt.get_cmap("jet")(heat)
    rgb = np.delete(rgba, 3, axis=2) * 255.0
    mix = image.astype(float) * (1 - alpha) + rgb * alpha
    mix = np.clip(mix, 0, 255)
    return mix.astype("uint8")

# %% solution="target_layer"
def find_target_layer(model):
    """disturb each module's map and see whether the answer moves; the last one that matters wins"""
    seen = []
    modes = [m.training for m in model.modules()]
    def note(mod, inp, out):
        if isinstance(out, torch.Tensor) and out.dim() == 4 and out.shape[2] * out.shape[3] > 1:
            seen.append((mod, tuple(out.shape)))
    hooks = [m.register_forward_hook(note) for m in model.modules()]
    g = torch.Generator().manual_seed(0)
    x = torch.randn(1, 3, 224, 224, generator=g)
    try:
        model.eval()
        with torch.no_grad():
            y = model(x)
            for h in hooks:
                h.remove()
            def matters(mod):
                h = mod.register_forward_hook(lambda m, i, o: o + 1 + torch.rand(o.shape, generator=g))
                try:
                    return not torch.equal(model(x), y)
                finally:
                    h.remove()
            used = [(m, s) for m, s in seen if not isinstance(m, (nn.AdaptiveAvgPool2d, nn.AdaptiveMaxPool2d))]
            while not matters(used[-1][0]):
                used.pop()
    finally:
        for h in hooks:
            h.remove()
        for m, t in zip(model.modules(), modes):
            m.training = t
    convs = [i for i, (m, s) in enumerate(used) if isinstance(m, nn.Conv2d)]
    tail = used[convs[-1]:]
    final = tail[-1][1]
    return [m for m, s in tail if s == final][0]
