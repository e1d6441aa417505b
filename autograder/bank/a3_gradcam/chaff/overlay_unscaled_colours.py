# chaff: colours in [0,1] mixed with a photo in [0,255] (49, 50)
# fails: overlay.blend
# says: heat-truncated
# %% solution="overlay"
def overlay(image, heatmap, alpha):
    colours = colormaps["jet"](np.asarray(heatmap))[..., :3]
    mixed = (1 - alpha) * image + alpha * colours
    return np.clip(np.round(mixed), 0, 255).astype(np.uint8)
