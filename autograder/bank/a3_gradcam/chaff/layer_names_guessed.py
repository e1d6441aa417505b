# chaff: getattr on the usual names, and an AttributeError elsewhere (35)
# fails: target_layer.named, target_layer.unseen
# says: only-known-names
# %% solution="target_layer"
def find_target_layer(model):
    return model.layer4[-1]
