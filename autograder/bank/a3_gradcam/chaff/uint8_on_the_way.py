# chaff: cast to uint8 before enlarging: 256 levels are left (53)
# fails: gradcam.values
# says: uint8-truncation
# %% solution="gradcam"
import cv2


class GradCAM:
    def __init__(self, model, target_layer):
        self.model = model
        self.kept = []
        self.handle = target_layer.register_forward_hook(self.hook)

    def hook(self, module, inputs, output):
        kept = output.clone()
        if not kept.requires_grad:
            kept.requires_grad_(True)
        self.kept = [kept]
        return kept.clone()

    def one(self, image, class_index):
        with torch.enable_grad():
            y = self.model(image[None].requires_grad_(True))[0, class_index]
        A = self.kept[0]
        g = torch.autograd.grad(y, A)[0][0].numpy()
        A = A.detach()[0].numpy()
        cam = np.zeros(A.shape[1:], dtype=np.float32)
        for k in range(len(A)):
            cam += g[k].mean() * A[k]
        cam = np.maximum(cam, 0)
        if cam.max() > 0:
            cam = cam / cam.max()
        cam = np.uint8(255 * cam).astype(np.float32) / 255
        return cv2.resize(cam, (image.shape[2], image.shape[1]), interpolation=cv2.INTER_LINEAR)

    def __call__(self, images, class_index):
        self.model.eval()
        return np.stack([self.one(image.clone(), class_index) for image in images])

    def remove(self):
        self.handle.remove()
