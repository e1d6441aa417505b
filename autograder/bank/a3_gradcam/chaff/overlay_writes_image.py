# chaff: writes into the image it was given
# fails: overlay.layout
# says: input-changed
# %% solution="overlay"
def overlay(image, heatmap, alpha):
    colours = colormaps["jet"](np.asarray(heatmap))[..., :3] * 255
    mixed = (1 - alpha) * image + alpha * colours
    image[:] = np.clip(np.round(mixed), 0, 255)
    return np.clip(np.round(mixed), 0, 255).astype(np.uint8)
