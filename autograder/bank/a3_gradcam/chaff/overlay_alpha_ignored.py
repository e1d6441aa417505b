# chaff: a fixed opacity of 0.4 from a recipe
# fails: overlay.blend
# says: alpha-ignored
# %% solution="overlay"
def overlay(image, heatmap, alpha):
    colours = colormaps["jet"](np.asarray(heatmap))[..., :3] * 255
    mixed = 0.6 * image + 0.4 * colours
    return np.clip(np.round(mixed), 0, 255).astype(np.uint8)
