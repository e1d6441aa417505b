# chaff: alpha is the weight of the image
# fails: overlay
# mistake: alpha and 1 − alpha swapped
# %% solution="overlay"

from PIL import Image


def overlay(image, heatmap, alpha):
    colours = Image.fromarray(
        (colormaps["turbo"](np.array(heatmap))[..., :3] * 255).astype(np.uint8)
    )
    return np.asarray(
        Image.blend(colours, Image.fromarray(np.ascontiguousarray(image)), alpha)
    ).copy()
