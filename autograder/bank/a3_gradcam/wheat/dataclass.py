# wheat: a dataclass, type hints, a tensor hook

# %% solution="gradcam"
from dataclasses import dataclass, field
from typing import Any, Optional

@dataclass
class GradCAM:
    model: nn.Module
    target_layer: nn.Module
    activations: Optional[torch.Tensor] = None
    gradients: Optional[torch.Tensor] = None
    active: bool = False
    handles: list = field(default_factory=list)

    def __post_init__(self) -> None:
        self.handles.append(self.target_layer.register_forward_hook(self.forward_hook))

    def forward_hook(self, module: nn.Module, inputs: Any, output: torch.Tensor):
        if not self.active:
            return
        self.activations = output.detach().clone()
        output = output.clone()
        output.register_hook(self.tensor_hook)
        return output.clone()

    def tensor_hook(self, grad: torch.Tensor) -> None:
        self.gradients = grad.detach()

    def __call__(self, images: torch.Tensor, class_index: int) -> torch.Tensor:
        x = torch.as_tensor(images, dtype=torch.float32).detach().clone().requires_grad_()
        before = [(m, m.training) for m in self.model.modules()]
        self.model.eval()
        self.active = True
        try:
            with torch.enable_grad():
                scores = self.model(x)
                scores[:, class_index].sum().backward(inputs=[x])
        finally:
            self.active = False
            for m, flag in before:
                m.train(flag) if not list(m.children()) else setattr(m, "training", flag)
        weights = self.gradients.mean(dim=[2, 3])[:, :, None, None]
        cam = torch.sum(weights * self.activations, 1, keepdim=True)
        cam = torch.maximum(cam, torch.zeros(()))
        cam = F.interpolate(cam, size=(x.shape[2], x.shape[3]), mode="bilinear", align_corners=False)
        result = []
        for single in cam[:, 0]:
            peak = single.max().item()
            result.append(single / peak if peak > 0 else single)
        return torch.stack(result)

    def remove(self) -> None:
        while self.handles:
            self.handles.pop().remove()

# %% solution="overlay"
def overlay(image, heatmap, alpha):
    table = (colormaps["magma"](np.arange(256))[:, :3] * 255).astype(np.uint8)
    index = np.rint(np.asarray(heatmap) * 255).astype(int)
    colours = table[index]
    H, W, _ = image.shape
    out = np.empty((H, W, 3), np.uint8)
    for ch in range(3):
        out[..., ch] = np.rint((1.0 - alpha) * image[..., ch].astype(np.float32) + alpha * colours[..., ch].astype(np.float32))
    return out
