# chaff: returns zeros
# fails: gradcam.values, gradcam.size, gradcam.batch, gradcam.flat, gradcam.faint, gradcam.frozen, gradcam.inplace, gradcam.state
# says: constant-map
# %% solution="gradcam"
class GradCAM:
    def __init__(self, model, target_layer):
        pass

    def __call__(self, images, class_index):
        N, _, H, W = images.shape
        return torch.zeros(N, H, W)

    def remove(self):
        pass
