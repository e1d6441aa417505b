# wheat: PIL's Image.blend and a 256-entry uint8 look-up table of magma
# %% solution="overlay"
from PIL import Image

LUT = (colormaps["magma"](np.arange(256))[:, :3] * 255).round().astype(np.uint8)


def overlay(image, heatmap, alpha=0.5):
    idx = np.asarray(heatmap, dtype=np.float64)
    idx = np.uint8(np.clip(idx, 0, 1) * 255)
    base = Image.fromarray(np.ascontiguousarray(image))
    heat = Image.fromarray(LUT[idx])
    return np.array(Image.blend(base, heat, float(alpha)))
