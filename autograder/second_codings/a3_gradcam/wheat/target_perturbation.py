# wheat: no autograd: a layer counts if noise in its output changes the logits; goes backwards through the recorded run
# %% solution="target_layer"
def find_target_layer(model):
    x = torch.zeros(1, 3, 224, 224)
    old = {m: m.training for m in model.modules()}
    model.eval()
    try:
        with torch.no_grad():
            trace, hs = [], []
            for m in model.modules():
                hs.append(
                    m.register_forward_hook(
                        lambda mod, i, o: trace.append((mod, o.shape if torch.is_tensor(o) else ()))
                    )
                )
            try:
                y = model(x)
            finally:
                for h in hs:
                    h.remove()

            def matters(layer):
                gen = torch.Generator().manual_seed(1)
                h = layer.register_forward_hook(
                    lambda mod, i, o: o + (1 + o.abs().max()) * torch.randn(o.shape, generator=gen)
                )
                try:
                    return not torch.equal(model(x), y)
                finally:
                    h.remove()

            def is_map(shape):
                return len(shape) == 4 and shape[2] * shape[3] > 1

            pools = (nn.AdaptiveAvgPool2d, nn.AdaptiveMaxPool2d)
            last_conv = None
            final = None
            keep = []
            for layer, shape in reversed(trace):
                if not is_map(shape) or isinstance(layer, pools) or not matters(layer):
                    continue
                final = final or shape
                if shape == final:
                    keep.append(layer)
                if isinstance(layer, nn.Conv2d):
                    last_conv = layer
                    break
    finally:
        for m, t in old.items():
            m.training = t
    holders = [m for m in keep if any(k is last_conv for k in m.modules())]
    return max(holders or keep[:1], key=lambda m: sum(1 for _ in m.modules()))
