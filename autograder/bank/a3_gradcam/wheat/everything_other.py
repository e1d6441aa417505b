# wheat: all four cells in another style
# %% solution="target_layer"
def find_target_layer(model, size=256):
    """Outermost module whose output is the last map that a convolution had a part in."""
    calls = []
    names = {m: n for n, m in model.named_modules()}

    def note(module, args, output):
        if isinstance(output, torch.Tensor):
            calls.append((module, tuple(output.shape)))

    handles = [m.register_forward_hook(note) for m in model.modules()]
    mode = model.training
    model.eval()
    with torch.no_grad():
        model(torch.rand(2, 3, size, size))
    model.train(mode)
    [h.remove() for h in handles]
    holds = [
        (m, s)
        for m, s in calls
        if m is not model and len(s) == 4 and s[2] * s[3] > 1 and any(isinstance(c, nn.Conv2d) for c in m.modules())
    ]
    last, shape = holds[-1]
    same = [m for m, s in holds if s == shape and any(c is last for c in m.modules())]
    return min(same, key=lambda m: names[m].count("."))

# %% solution="gradcam"
class GradCAM:
    def __init__(self, model, target_layer):
        self.model, self.on = model, False
        self.handle = target_layer.register_forward_hook(self.keep)

    def keep(self, module, inputs, output):
        if self.on:
            self.A = output.detach().clone().requires_grad_()
            return self.A.clone()

    def __call__(self, images, class_index):
        self.model.eval()
        self.on = True
        with torch.enable_grad():
            y = self.model(images)
            score = y[:, class_index].sum()
            (dA,) = torch.autograd.grad(score, self.A)
        self.on = False
        A = self.A.detach()
        alpha = dA.flatten(2).mean(2)[..., None, None]
        L = F.relu((alpha * A).sum(1))
        top = L.amax((1, 2), keepdim=True)
        L = torch.where(top > 0, L / top, L)
        return F.interpolate(L[:, None], size=images.shape[2:], mode="bilinear")[:, 0]

    def remove(self):
        self.handle.remove()

# %% solution="contrast"
class Difference(nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, x):
        y = self.model(x)
        return y[:, [1]] - y[:, [0]]


def contrast_heatmap(model, target_layer, images):
    cam = GradCAM(Difference(model), target_layer)
    heat = cam(images, 0)
    cam.remove()
    return heat.numpy()

# %% solution="overlay"
import cv2


def overlay(image, heatmap, alpha=0.5):
    heat = np.uint8(np.round(255 * np.asarray(heatmap, dtype=np.float32)))
    colours = cv2.cvtColor(cv2.applyColorMap(heat, cv2.COLORMAP_JET), cv2.COLOR_BGR2RGB)
    return cv2.addWeighted(image, 1 - alpha, colours, alpha, 0)
