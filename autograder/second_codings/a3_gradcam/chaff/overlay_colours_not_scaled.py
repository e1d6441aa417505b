# chaff: colours stay in 0..1 beside an image in 0..255: the picture only darkens
# fails: overlay
# mistake: colours not brought to 0..255
# %% solution="overlay"


def overlay(image, heatmap, alpha):
    rgb = np.stack([colormaps["plasma"](np.asarray(heatmap))[:, :, c] for c in range(3)], axis=-1)
    mixed = np.average([np.asarray(image, float), rgb], axis=0, weights=[1 - alpha, alpha])
    return mixed.round().astype("uint8")
