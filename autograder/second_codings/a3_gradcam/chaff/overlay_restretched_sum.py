# chaff: as in a well-known library: the blend is divided by its own maximum
# fails: overlay
# mistake: picture stretched again after blending
# %% solution="overlay"


def overlay(image, heatmap, alpha):
    img = np.float32(image) / 255
    heat = colormaps["jet"](np.asarray(heatmap))[..., :3]
    cam = (1 - alpha) * img + alpha * heat
    cam = cam / np.max(cam)
    return np.uint8(255 * cam)
