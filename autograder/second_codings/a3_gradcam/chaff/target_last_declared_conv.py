# chaff: takes the last Conv2d in the order of declaration
# fails: target_layer
# mistake: wrong layer: declaration order
# %% solution="target_layer"


def find_target_layer(model):
    convs = list(filter(lambda m: type(m).__name__.startswith("Conv"), model.modules()))
    return convs.pop()
