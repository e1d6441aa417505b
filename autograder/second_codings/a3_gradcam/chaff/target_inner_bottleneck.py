# chaff: the last convolution that sees neighbours (kernel larger than 1), inside the last block
# fails: target_layer
# mistake: layer inside the last block, fewer channels
# %% solution="target_layer"


def find_target_layer(model):
    """1×1 convolutions know nothing about places, so take the last real one."""
    order = []

    def log(m, args, out):
        order.append(m)

    real = [m for m in model.modules() if isinstance(m, nn.Conv2d) and max(m.kernel_size) > 1]
    hooks = [m.register_forward_hook(log) for m in real]
    mode = [(m, m.training) for m in model.modules()]
    model.eval()
    with torch.no_grad():
        model(torch.zeros(1, 3, 224, 224))
    for h in hooks:
        h.remove()
    for m, t in mode:
        m.training = t
    return order[-1]
