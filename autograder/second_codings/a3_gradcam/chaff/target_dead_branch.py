# chaff: records the run but never asks whether the answer depends on the output (auxiliary branch taken)
# fails: target_layer.unseen
# mistake: dead branch taken for the last layer
# %% solution="target_layer"


class LastMap:
    module = None
    shape = None

    def watch(self, module, args, out):
        if (
            not isinstance(out, torch.Tensor)
            or out.ndim != 4
            or isinstance(module, nn.AdaptiveAvgPool2d)
        ):
            return
        if out.shape[-1] * out.shape[-2] > 1:
            self.module, self.shape = module, out.shape


def find_target_layer(model):
    watcher = LastMap()
    handles = [m.register_forward_hook(watcher.watch) for m in model.modules()]
    training = {m: m.training for m in model.modules()}
    with torch.inference_mode():
        model.eval()(torch.zeros(1, 3, 224, 224))
    for h in handles:
        h.remove()
    for m in training:
        m.training = training[m]
    return watcher.module
