# chaff: the photo is standardised before it is mixed (50)
# fails: overlay.blend
# says: overlay-rescaled
# %% solution="overlay"
def overlay(image, heatmap, alpha):
    colours = colormaps["jet"](np.asarray(heatmap))[..., :3] * 255
    image = (image / 255 - 0.485) / 0.229 * 255
    mixed = (1 - alpha) * image + alpha * colours
    return np.clip(np.round(mixed), 0, 255).astype(np.uint8)
