# chaff: the last Conv2d of modules(): inside DenseNet's last block (33)
# fails: target_layer.named, target_layer.unseen
# says: layer-inside-block
# %% solution="target_layer"
def find_target_layer(model):
    return [m for m in model.modules() if isinstance(m, nn.Conv2d)][-1]
