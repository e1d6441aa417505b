# chaff: alpha weighs the photo
# fails: overlay.blend
# says: alpha-reversed
# %% solution="overlay"
def overlay(image, heatmap, alpha):
    colours = colormaps["jet"](np.asarray(heatmap))[..., :3] * 255
    mixed = alpha * image + (1 - alpha) * colours
    return np.clip(np.round(mixed), 0, 255).astype(np.uint8)
