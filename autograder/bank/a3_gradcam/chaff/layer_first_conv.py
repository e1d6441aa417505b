# chaff: the first convolution: sharp and meaningless (33)
# fails: target_layer.named, target_layer.unseen
# says: layer-too-early
# %% solution="target_layer"
def find_target_layer(model):
    return next(m for m in model.modules() if isinstance(m, nn.Conv2d))
