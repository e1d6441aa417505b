# chaff: picture handed back in OpenCV's order
# fails: overlay
# mistake: RGB/BGR swap
# %% solution="overlay"


def overlay(image, heatmap, alpha):
    b, g, r = (np.asarray(image)[..., c].astype(float) for c in range(3))
    colours = colormaps["viridis"](np.asarray(heatmap)) * 255
    layers = [(1 - alpha) * ch + alpha * colours[..., c] for c, ch in enumerate((r, g, b))]
    return np.clip(np.dstack(layers), 0, 255).astype(np.uint8)
