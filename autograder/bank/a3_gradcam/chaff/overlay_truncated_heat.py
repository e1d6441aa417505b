# chaff: heat cast to uint8 before it is multiplied (53)
# fails: overlay.blend
# says: heat-truncated
# %% solution="overlay"
def overlay(image, heatmap, alpha):
    colours = colormaps["jet"](np.asarray(heatmap).astype(np.uint8) * 255)[..., :3] * 255
    mixed = (1 - alpha) * image + alpha * colours
    return np.clip(np.round(mixed), 0, 255).astype(np.uint8)
