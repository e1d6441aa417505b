# chaff: the model itself
# fails: target_layer.named, target_layer.unseen
# says: layer-after-collapse
# %% solution="target_layer"
def find_target_layer(model):
    return model
