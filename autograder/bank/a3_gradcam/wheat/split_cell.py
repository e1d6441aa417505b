# wheat: the class in one cell, its method added in another; a magic in between
# %%
%matplotlib inline
class GradCAM:
    def __init__(self, model, target_layer):
        self.model = model
        self.target_layer = target_layer

    def remove(self):
        return None

# %% solution="gradcam"
def explain(self, images, class_index):
    kept = []

    def hook(m, i, o):
        kept.append(o.detach().clone().requires_grad_())
        return kept[-1].clone()

    handle = self.target_layer.register_forward_hook(hook)
    self.model.eval()
    try:
        y = self.model(images)[:, class_index].sum()
    finally:
        handle.remove()
    A = kept[-1]
    (dA,) = torch.autograd.grad(y, A)
    with torch.no_grad():
        L = torch.relu((dA.mean((2, 3), True) * A).sum(1, True))
        L = F.interpolate(L, images.shape[2:], mode="bilinear")
        L = L[:, 0]
        biggest = L.amax((1, 2), True)
        biggest[biggest == 0] = 1
        return L / biggest


GradCAM.__call__ = explain
