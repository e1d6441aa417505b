# chaff: the global pooling, where the places are gone (34)
# fails: target_layer.named, target_layer.unseen
# says: layer-after-collapse
# %% solution="target_layer"
def find_target_layer(model):
    last = None
    for module in model.modules():
        if isinstance(module, (nn.AdaptiveAvgPool2d, nn.AvgPool2d, nn.MaxPool2d)):
            last = module
    return last
