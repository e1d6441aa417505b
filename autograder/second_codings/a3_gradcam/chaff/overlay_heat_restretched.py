# chaff: heat is stretched to min–max before colouring
# fails: overlay
# mistake: heatmap stretched again
# %% solution="overlay"


def overlay(image, heatmap, alpha):
    h = torch.as_tensor(heatmap).double().numpy()
    h = np.interp(h, (h.min(), h.max()), (0.0, 1.0))
    colours = 255.0 * colormaps["viridis"](h)[..., :3]
    return np.rint(image + alpha * (colours - image)).astype(np.uint8)
