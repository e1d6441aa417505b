# chaff: stretches the heat to [0,1] once more
# fails: overlay.blend
# says: overlay-stretches-heat
# %% solution="overlay"
def overlay(image, heatmap, alpha):
    heat = np.asarray(heatmap)
    heat = (heat - heat.min()) / (heat.max() - heat.min())
    colours = colormaps["jet"](heat)[..., :3] * 255
    mixed = (1 - alpha) * image + alpha * colours
    return np.clip(np.round(mixed), 0, 255).astype(np.uint8)
