# chaff: opacity grows with the heat: alpha · heat
# fails: overlay
# mistake: opacity multiplied by the heat
# %% solution="overlay"


def overlay(image, heatmap, alpha):
    h = np.asarray(heatmap)
    opacity = (alpha * h)[..., None]
    return (image * (1 - opacity) + 255 * colormaps["hot"](h)[..., :3] * opacity + 0.5).astype(
        np.uint8
    )
