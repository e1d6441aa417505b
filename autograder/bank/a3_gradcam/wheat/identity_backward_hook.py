# wheat: full backward hook on an Identity, .grad put back

# %% solution="gradcam"
class GradCAM:
    def __init__(self, model, target_layer):
        self.model = model
        self.tap = nn.Identity()
        self.calls = False
        self.grads = []
        self.h1 = target_layer.register_forward_hook(self.fwd)
        self.h2 = self.tap.register_full_backward_hook(self.bwd)

    def fwd(self, module, inp, out):
        if self.calls:
            self.acts = out.detach().clone()
            return self.tap(out.detach().clone().requires_grad_()).clone()

    def bwd(self, module, grad_input, grad_output):
        self.grads.append(grad_output[0].clone())

    def __call__(self, images, class_index):
        images = torch.as_tensor(images, dtype=torch.float32)
        self.grads = []
        keep = [m.training for m in self.model.modules()]
        saved = [(p, p.grad) for p in self.model.parameters()]
        for p, _ in saved:
            p.grad = None
        self.calls = True
        try:
            self.model.eval()
            with torch.set_grad_enabled(True):
                out = self.model(images)
                total = 0
                for i in range(out.size(0)):
                    total = total + out[i][class_index]
                total.backward()
        finally:
            self.calls = False
            for p, g in saved:
                p.grad = g
            for m, t in zip(self.model.modules(), keep):
                m.training = t
        cams = []
        for act, grad in zip(self.acts, self.grads[0]):
            weights = grad.flatten(1).mean(1)
            cam = sum(w * a for w, a in zip(weights, act))
            cam = F.relu(cam)
            cam = cam - cam.min() if False else cam
            m = float(cam.max())
            if m != 0:
                cam = cam / m
            cams.append(F.interpolate(cam.reshape(1, 1, *cam.shape), size=images.shape[2:], mode="bilinear")[0, 0])
        return torch.stack(cams).numpy()

    def remove(self):
        self.h1.remove()
        self.h2.remove()
