# chaff: opacity is alpha times the heat
# fails: overlay.blend
# says: heat-as-opacity
# %% solution="overlay"
def overlay(image, heatmap, alpha):
    colours = colormaps["jet"](np.asarray(heatmap))[..., :3] * 255
    a = alpha * np.asarray(heatmap)[..., None]
    mixed = (1 - a) * image + a * colours
    return np.clip(np.round(mixed), 0, 255).astype(np.uint8)
