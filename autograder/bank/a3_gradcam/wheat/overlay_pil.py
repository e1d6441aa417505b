# wheat: overlay with Pillow's blend
# %% solution="overlay"
from PIL import Image


def overlay(image, heatmap, alpha):
    heat = np.asarray(heatmap)
    colours = (colormaps.get_cmap("inferno")(heat)[:, :, :3] * 255).astype(np.uint8)
    return np.array(Image.blend(Image.fromarray(image), Image.fromarray(colours), float(alpha)))
