# chaff: turns requires_grad on for all weights
# fails: gradcam.state
# says: unfreezes-weights

# %% solution="gradcam"
class GradCAM(object):

    def __init__(self, model, target_layer):
        self.net = model
        for p in model.parameters():
            p.requires_grad = True
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
