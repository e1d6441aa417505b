# chaff: the mixture is divided by its maximum, as in a popular recipe
# fails: overlay.blend
# says: overlay-rescaled
# %% solution="overlay"
def overlay(image, heatmap, alpha):
    colours = colormaps["jet"](np.asarray(heatmap))[..., :3] * 255
    mixed = (1 - alpha) * image + alpha * colours
    mixed = mixed / mixed.max() * 255
    return np.clip(np.round(mixed), 0, 255).astype(np.uint8)
