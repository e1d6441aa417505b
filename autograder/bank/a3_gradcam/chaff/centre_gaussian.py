# chaff: a blob in the middle of every image
# fails: gradcam.values, gradcam.size, gradcam.batch, gradcam.flat, gradcam.faint, gradcam.frozen, gradcam.inplace, gradcam.state
# says: network-ignored
# %% solution="gradcam"
class GradCAM:
    def __init__(self, model, target_layer):
        pass

    def __call__(self, images, class_index):
        N, _, H, W = images.shape
        y, x = torch.meshgrid(torch.linspace(-2, 2, H), torch.linspace(-2, 2, W), indexing="ij")
        return torch.exp(-(x**2 + y**2)).expand(N, H, W)

    def remove(self):
        pass
