# chaff: the photo alone comes back
# fails: overlay.blend, overlay.layout
# says: overlay-empty
# %% solution="overlay"
def overlay(image, heatmap, alpha):
    colours = colormaps["jet"](np.asarray(heatmap))[..., :3] * 255
    mixed = (1 - alpha) * image + alpha * colours
    return image.copy()
