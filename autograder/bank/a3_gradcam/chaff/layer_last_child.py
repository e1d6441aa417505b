# chaff: the last child that holds a convolution, whether the answer depends on it or not
# fails: target_layer.unseen
# says: layer-unused
# %% solution="target_layer"
def find_target_layer(model):
    children = list(model.children())
    for child in reversed(children):
        if any(isinstance(m, nn.Conv2d) for m in child.modules()):
            return child
