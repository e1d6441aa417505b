# chaff: edges of the image, nothing of the network
# fails: gradcam.values, gradcam.size, gradcam.batch, gradcam.flat, gradcam.faint, gradcam.frozen, gradcam.inplace, gradcam.state
# says: network-ignored
# %% solution="gradcam"
class GradCAM:
    def __init__(self, model, target_layer):
        pass

    def __call__(self, images, class_index):
        N, _, H, W = images.shape
        from scipy import ndimage
        grey = images.mean(1).numpy()
        edges = np.hypot(ndimage.sobel(grey, 1), ndimage.sobel(grey, 2))
        return edges / edges.max((1, 2), keepdims=True)

    def remove(self):
        pass
