# chaff: colours added to the photo in full (cv2's heatmap * 0.4 + img)
# fails: overlay.blend
# says: overlay-added
# %% solution="overlay"
def overlay(image, heatmap, alpha):
    colours = colormaps["jet"](np.asarray(heatmap))[..., :3] * 255
    mixed = image + alpha * colours
    return np.clip(np.round(mixed), 0, 255).astype(np.uint8)
