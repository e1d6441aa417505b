# chaff: a layer of a copy of the model (36)
# fails: target_layer.named, target_layer.unseen
# says: not-a-module
# %% solution="target_layer"
def find_target_layer(model):
    import copy

    twin = copy.deepcopy(model)
    return [c for c in twin.children() if any(isinstance(m, nn.Conv2d) for m in c.modules())][-1]
