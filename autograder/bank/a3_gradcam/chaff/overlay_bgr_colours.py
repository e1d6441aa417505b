# chaff: cv2's colours are BGR and never turned round (44)
# fails: overlay.blend
# says: colour-channels-swapped
# %% solution="overlay"
import cv2


def overlay(image, heatmap, alpha):
    heat = np.uint8(255 * np.asarray(heatmap))
    colours = cv2.applyColorMap(heat, cv2.COLORMAP_JET)
    return cv2.addWeighted(image, 1 - alpha, colours, alpha, 0)
