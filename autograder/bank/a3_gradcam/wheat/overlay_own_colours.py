# wheat: overlay with linear colours of its own, a tensor comes back
# %% solution="overlay"
def overlay(image, heatmap, alpha):
    h = torch.as_tensor(heatmap)[..., None].float()
    cold, hot = torch.tensor([0.0, 0.0, 255.0]), torch.tensor([255.0, 220.0, 0.0])
    colours = cold * (1 - h) + hot * h
    mixed = torch.from_numpy(image).float() * (1 - alpha) + colours * alpha
    return mixed.clamp(0, 255).to(torch.uint8)
