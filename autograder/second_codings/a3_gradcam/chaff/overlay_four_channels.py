# chaff: RGBA in the end, alpha channel opaque
# fails: overlay
# mistake: fourth channel kept
# %% solution="overlay"


def overlay(image, heatmap, alpha):
    rgba = np.concatenate([image, np.full(image.shape[:2] + (1,), 255, image.dtype)], axis=2)
    colours = colormaps["viridis"](np.asarray(heatmap), bytes=True)
    return np.rint((1 - alpha) * rgba + alpha * colours).astype(np.uint8)
