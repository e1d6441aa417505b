# chaff: heat upside down
# fails: overlay.blend
# says: heat-mirrored

# %% solution="overlay"
from matplotlib import pyplot as plt
def overlay(image, heatmap, alpha=0.5):
    heat = np.array(heatmap, dtype=float)[::-1]
    rgba = plt.get_cmap("jet")(heat)
    rgb = np.delete(rgba, 3, axis=2) * 255.0
    mix = image.astype(float) * (1 - alpha) + rgb * alpha
    mix = np.clip(mix, 0, 255)
    return mix.astype("uint8")
