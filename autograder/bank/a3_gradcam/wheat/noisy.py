# wheat: type hints, defaults, prints, warnings and a progress bar on stderr
# %% solution="gradcam"
import warnings

from tqdm.auto import tqdm


class GradCAM:
    def __init__(self, model: nn.Module, target_layer: nn.Module, verbose: bool = True) -> None:
        self.model, self.on = model, False
        self.handle = target_layer.register_forward_hook(self.keep)

    def keep(self, module, inputs, output):
        if self.on:
            self.A = output.detach().clone().requires_grad_()
            return self.A.clone()

    def __call__(
        self, images: torch.Tensor, class_index: int = 1, relu: bool = True, eps: float = 1e-12
    ) -> torch.Tensor:
        print("explaining", tuple(images.shape), flush=True)
        warnings.warn("this takes a moment", UserWarning)
        for _ in tqdm(range(3), desc="warming up"):
            pass
        self.model.eval()
        self.on = True
        with torch.enable_grad():
            y = self.model(images)
            score = y[:, class_index].sum()
            (dA,) = torch.autograd.grad(score, self.A)
        self.on = False
        A = self.A.detach()
        alpha = dA.mean((2, 3), keepdim=True)
        L = F.relu((alpha * A).sum(1))
        top = L.amax((1, 2), keepdim=True)
        L = torch.where(top > 0, L / top, L)
        return F.interpolate(L[:, None], size=images.shape[2:], mode="bilinear")[:, 0]

    def remove(self):
        self.handle.remove()
