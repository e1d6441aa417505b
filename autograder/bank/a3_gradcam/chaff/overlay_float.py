# chaff: floats between 0 and 1 are handed back
# fails: overlay.layout
# says: overlay-dtype
# %% solution="overlay"
def overlay(image, heatmap, alpha):
    colours = colormaps["jet"](np.asarray(heatmap))[..., :3] * 255
    mixed = (1 - alpha) * image + alpha * colours
    return mixed / 255
