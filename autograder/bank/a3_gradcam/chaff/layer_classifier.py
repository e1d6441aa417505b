# chaff: the last layer there is: the classifier (34)
# fails: target_layer.named, target_layer.unseen
# says: layer-after-collapse
# %% solution="target_layer"
def find_target_layer(model):
    return list(model.modules())[-1]
