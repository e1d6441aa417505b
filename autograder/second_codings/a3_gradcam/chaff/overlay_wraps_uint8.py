# chaff: percentages in uint8: products run over at 255 before the division
# fails: overlay
# mistake: uint8 overflow
# %% solution="overlay"


def overlay(image, heatmap, alpha):
    colours = colormaps["inferno"](np.asarray(heatmap), bytes=True)[..., :3]
    percent = np.uint8(round(100 * alpha))
    return (np.uint8(100 - percent) * image + percent * colours) // np.uint8(100)
