# chaff: the middle one of the top-level blocks, as a compromise (33)
# fails: target_layer.named, target_layer.unseen
# says: layer-too-early
# %% solution="target_layer"
def find_target_layer(model):
    convs = [m for m in model.modules() if isinstance(m, nn.Conv2d)]
    return convs[len(convs) // 2]
