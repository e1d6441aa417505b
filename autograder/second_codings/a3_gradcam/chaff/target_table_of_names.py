# chaff: a table of well-known attribute names
# fails: target_layer
# mistake: names hard-coded, unseen network not handled
# %% solution="target_layer"

KNOWN = ["layer4", "features", "stages", "blocks", "trunk", "encoder", "backbone"]


def find_target_layer(model):
    for attribute in KNOWN:
        if hasattr(model, attribute):
            return getattr(model, attribute)
    # anything else: the block before the head
    return list(model.children())[-2]
