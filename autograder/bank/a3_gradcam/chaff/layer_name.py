# chaff: the layer's name instead of the layer (35, 37)
# fails: target_layer.named, target_layer.unseen
# says: not-a-module
# %% solution="target_layer"
def find_target_layer(model):
    names = [n for n, m in model.named_modules() if isinstance(m, nn.Conv2d)]
    return names[-1]
