# chaff: a list that holds the layer (37)
# fails: target_layer.named, target_layer.unseen
# says: not-a-module
# %% solution="target_layer"
def find_target_layer(model):
    children = [c for c in model.children() if any(isinstance(m, nn.Conv2d) for m in c.modules())]
    return [children[-1]]
