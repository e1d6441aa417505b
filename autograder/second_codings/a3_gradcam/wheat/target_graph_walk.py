# wheat: walks the autograd graph back from the logits to know which outputs are used; a small class for the recording
# %% solution="target_layer"
class _Recorder:
    def __init__(self, net):
        self.rows = []
        self.hooks = [m.register_forward_hook(self) for m in net.modules()]

    def __call__(self, module, args, output):
        if isinstance(output, torch.Tensor) and output.ndim == 4:
            self.rows.append((module, tuple(output.shape), output.grad_fn))

    def close(self):
        for h in self.hooks:
            h.remove()


def _ancestors(fn):
    seen, stack = set(), [fn]
    while stack:
        node = stack.pop()
        if node is None or node in seen:
            continue
        seen.add(node)
        stack += [parent for parent, _ in node.next_functions]
    return seen


def find_target_layer(model):
    flags = [(m, m.training) for m in model.modules()]
    rec = _Recorder(model)
    try:
        for m, _ in flags:
            m.training = False
        with torch.enable_grad():
            logits = model(torch.zeros(1, 3, 224, 224, requires_grad=True))
    finally:
        rec.close()
        for m, f in flags:
            m.training = f
    used = _ancestors(logits.grad_fn)
    rows = [
        (m, s)
        for m, s, fn in rec.rows
        if fn in used and s[2] * s[3] > 1 and not isinstance(m, nn.AdaptiveAvgPool2d)
    ]
    shape = rows[-1][1]
    start = max(i for i, (m, _) in enumerate(rows) if isinstance(m, nn.Conv2d))
    candidates = [m for m, s in rows[start:] if s == shape]
    # any of them is right; the very last to finish that holds a convolution reads best
    for m in reversed(candidates):
        if any(isinstance(k, nn.Conv2d) for k in m.modules()):
            return m
    return candidates[-1]
