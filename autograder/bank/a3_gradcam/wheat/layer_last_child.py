# wheat: the last child that holds a convolution; overlay with own linear colours
# %% solution="target_layer"
def find_target_layer(model):
    children = list(model.children())
    for child in reversed(children):
        if any(isinstance(m, nn.Conv2d) for m in child.modules()):
            return child

# %% solution="overlay"
def overlay(image, heatmap, alpha):
    h = torch.as_tensor(heatmap)[..., None].float()
    cold, hot = torch.tensor([0.0, 0.0, 255.0]), torch.tensor([255.0, 220.0, 0.0])
    colours = cold * (1 - h) + hot * h
    mixed = torch.from_numpy(image).float() * (1 - alpha) + colours * alpha
    return mixed.clamp(0, 255).to(torch.uint8)
