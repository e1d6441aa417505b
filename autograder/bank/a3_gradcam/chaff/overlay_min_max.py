# chaff: the mixture is stretched to the full range
# fails: overlay.blend
# says: overlay-rescaled
# %% solution="overlay"
def overlay(image, heatmap, alpha):
    colours = colormaps["jet"](np.asarray(heatmap))[..., :3] * 255
    mixed = (1 - alpha) * image + alpha * colours
    mixed = (mixed - mixed.min()) / (mixed.max() - mixed.min()) * 255
    return np.clip(np.round(mixed), 0, 255).astype(np.uint8)
