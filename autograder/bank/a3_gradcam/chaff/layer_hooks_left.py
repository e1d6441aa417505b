# chaff: hooks left on the model
# fails: target_layer.unseen
# says: hooks-left-behind

# %% solution="target_layer"
class _Recorder:
    def __init__(self, model):
        self.model, self.rows, self.handles = model, [], []
    def __enter__(self):
        for name, module in self.model.named_modules():
            self.handles.append(module.register_forward_hook(self.make(name)))
        return self
    def make(self, name):
        def hook(module, inputs, output):
            if isinstance(output, torch.Tensor) and output.ndim == 4 and min(output.shape[2:]) > 1:
                self.rows.append((name, module, output))
        return hook
    def __exit__(self, *exc):
        pass
        return False

def find_target_layer(model):
    flags = {n: m.training for n, m in model.named_modules()}
    model.train(False)
    try:
        with torch.enable_grad(), _Recorder(model) as rec:
            x = torch.zeros((1, 3, 224, 224), requires_grad=True)
            y = model(x)
            outs = [o for _, _, o in rec.rows]
            grads = torch.autograd.grad(y.sum(), outs, allow_unused=True)
    finally:
        for n, m in model.named_modules():
            m.training = flags[n]
    used = [(n, m, o.shape) for (n, m, o), g in zip(rec.rows, grads) if g is not None and not isinstance(m, nn.AdaptiveAvgPool2d)]
    last = max(i for i, (n, m, s) in enumerate(used) if isinstance(m, nn.Conv2d))
    after = [(m, s) for _, m, s in used[last:]]
    same = [m for m, s in after if s == after[-1][1]]
    return same[-1]
