# chaff: isinstance of known classes only, and an error for all others
# fails: target_layer.unseen
# says: only-known-names
# %% solution="target_layer"
def find_target_layer(model):
    from torchvision import models

    if isinstance(model, models.ResNet):
        return model.layer4[-1]
    if isinstance(model, (models.DenseNet, models.VGG, models.EfficientNet)):
        return model.features
    if type(model).__name__ == "RetinalCNN":
        return model.features.block3
    raise ValueError(f"unknown architecture {type(model).__name__}")
