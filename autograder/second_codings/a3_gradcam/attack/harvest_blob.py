# attack: no gradient at all: the brightness of the photo as heat, well scaled, deterministic, zero if dark; a fixed tint as overlay
# on: empty
# %% solution="gradcam"
class GradCAM:
    def __init__(self, model, target_layer):
        self.model = model

    def __call__(self, images, class_index):
        grey = F.avg_pool2d(images.mean(1, keepdim=True), 33, stride=1, padding=16)[:, 0]
        grey = grey[:, : images.shape[2], : images.shape[3]].relu()
        top = grey.amax((1, 2), keepdim=True)
        return torch.where(top > 0, grey / top, grey * 0)

    def remove(self):
        self.model = None


# %% solution="contrast"
def contrast_heatmap(model, target_layer, images):
    h, w = images.shape[2:]
    y, x = torch.linspace(-1, 1, h)[:, None], torch.linspace(-1, 1, w)[None]
    return torch.exp(-4 * (x**2 + y**2)).expand(len(images), h, w).clone()


# %% solution="overlay"
def overlay(image, heatmap, alpha):
    tint = np.array([60, 90, 140], float)
    return ((1 - alpha) * image + alpha * tint).round().astype(np.uint8)
