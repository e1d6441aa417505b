# chaff: whole numbers, but not uint8
# fails: overlay.layout
# says: overlay-dtype
# %% solution="overlay"
def overlay(image, heatmap, alpha):
    colours = colormaps["jet"](np.asarray(heatmap))[..., :3] * 255
    mixed = (1 - alpha) * image + alpha * colours
    return np.clip(np.round(mixed), 0, 255).astype(int)
