# wheat: a deep copy in double precision

# %% solution="gradcam"
import copy

class GradCAM:
    """works on a private copy in double precision, so the model cannot be disturbed"""
    def __init__(self, model, target_layer):
        names = [n for n, m in model.named_modules() if m is target_layer]
        self.original = model
        self.name = names[0]

    def __call__(self, images, class_index):
        twin = copy.deepcopy(self.original).double().eval()
        for m in twin.modules():
            m._forward_hooks.clear()
            if hasattr(m, "inplace"):
                m.inplace = False
        x = torch.as_tensor(np.asarray(images)).double()
        A = []
        twin.get_submodule(self.name).register_forward_hook(lambda m, i, o: (A.append(o.detach().clone().requires_grad_()), A[-1].clone())[1])
        with torch.enable_grad():
            twin(x)[:, class_index].sum().backward()
        a = A[0].grad.mean((2, 3))
        L = torch.einsum("nk,nkij->nij", a, A[0].detach()).clamp(min=0)
        L = F.interpolate(L[:, None], size=x.shape[2:], mode="bilinear", align_corners=True)[:, 0]
        top = L.flatten(1).max(1).values.view(-1, 1, 1)
        return (L / torch.where(top > 0, top, 1.0)).numpy()

    def remove(self):
        pass
