# chaff: blends into the image that was handed in
# fails: overlay
# mistake: changes the caller's image
# %% solution="overlay"


def overlay(image, heatmap, alpha):
    colours = colormaps["viridis"](np.asarray(heatmap))[..., :3] * 255
    image[...] = ((1 - alpha) * image + alpha * colours).round().astype(np.uint8)
    return image
