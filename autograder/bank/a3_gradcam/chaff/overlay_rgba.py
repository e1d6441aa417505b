# chaff: the colormap's fourth channel is handed back
# fails: overlay.layout
# says: overlay-shape
# %% solution="overlay"
def overlay(image, heatmap, alpha):
    colours = colormaps["jet"](np.asarray(heatmap))[..., :3] * 255
    mixed = (1 - alpha) * image + alpha * colours
    mixed = np.dstack([mixed, np.full(mixed.shape[:2], 255)])
    return np.clip(np.round(mixed), 0, 255).astype(np.uint8)
