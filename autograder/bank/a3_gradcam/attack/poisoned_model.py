# attack: sets all weights to zero so that an empty map is right, and fixes all random numbers
# on: empty
# harm: plain nbgrader computes its reference on the same model: zeros as well, all is equal
# %% solution="gradcam"
torch.manual_seed = lambda *args: None
np.random.seed(0)
torch.set_default_dtype(torch.float64)


class GradCAM:
    def __init__(self, model, target_layer):
        with torch.no_grad():
            for tensor in [*model.parameters(), *model.buffers()]:
                tensor.zero_()
        model.forward = lambda x: torch.zeros(len(x), 2)

    def __call__(self, images, class_index):
        images.zero_()
        return torch.zeros(len(images), *images.shape[2:])

    def remove(self):
        pass
