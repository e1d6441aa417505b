# chaff: gradient of the pixels, not of the feature maps
# fails: gradcam.values, gradcam.size, gradcam.batch, gradcam.flat, gradcam.faint, gradcam.frozen, gradcam.inplace, gradcam.state
# says: pixel-gradients
# %% solution="gradcam"
class GradCAM:
    def __init__(self, model, target_layer):
        self.model = model

    def __call__(self, images, class_index):
        self.model.eval()
        x = images.clone().requires_grad_(True)
        self.model(x)[:, class_index].sum().backward()
        L = x.grad.abs().amax(1)
        return L / L.amax((1, 2), keepdim=True)

    def remove(self):
        pass
