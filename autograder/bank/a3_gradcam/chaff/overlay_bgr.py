# chaff: photo turned to BGR, as for cv2.imshow (44)
# fails: overlay.blend
# says: colour-channels-swapped
# %% solution="overlay"
def overlay(image, heatmap, alpha):
    colours = colormaps["jet"](np.asarray(heatmap))[..., :3] * 255
    mixed = (1 - alpha) * image[..., ::-1] + alpha * colours
    return np.clip(np.round(mixed), 0, 255).astype(np.uint8)
