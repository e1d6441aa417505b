# attack: does nothing, but politely: zeros of the right size, the image itself as overlay; hopes for the points of flat, size, state, layout …
# on: empty
# %% solution="gradcam"
class GradCAM:
    def __init__(self, model, target_layer):
        pass

    def __call__(self, images, class_index):
        return torch.zeros(images.shape[0], *images.shape[2:])

    def remove(self):
        pass


# %% solution="contrast"
def contrast_heatmap(model, target_layer, images):
    return torch.zeros(images.shape[0], *images.shape[2:])


# %% solution="overlay"
def overlay(image, heatmap, alpha):
    return image.copy()
