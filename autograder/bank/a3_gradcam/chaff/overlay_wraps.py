# chaff: 255 times 255: uint8 runs over (49)
# fails: overlay.blend
# says: colours-wrap
# %% solution="overlay"
def overlay(image, heatmap, alpha):
    heat = (np.asarray(heatmap) * 255 * 3).astype(np.uint8)
    colours = colormaps["jet"](heat)[..., :3] * 255
    mixed = (1 - alpha) * image + alpha * colours
    return np.clip(np.round(mixed), 0, 255).astype(np.uint8)
