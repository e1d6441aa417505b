# wheat: a function and a closure under the class's name; sum instead of mean, scaled afterwards
# %% solution="gradcam"
def GradCAM(model, target_layer):
    state = {}

    def hook(module, inputs, output):
        if state.get("on"):
            state["A"] = output.detach().clone().requires_grad_(True)
            return state["A"] * 1.0

    handle = target_layer.register_forward_hook(hook)

    def cam(images, class_index):
        model.eval()
        state["on"] = True
        scores = model(images)[:, class_index]
        state["on"] = False
        g = torch.autograd.grad(scores, state["A"], grad_outputs=torch.ones_like(scores))[0]
        alpha = g.sum(dim=(-1, -2))  # hw times the mean: the factor goes away with the scaling
        maps = torch.stack([torch.tensordot(a, f, dims=1) for a, f in zip(alpha, state["A"].detach())])
        maps = maps.clamp(min=0)
        maps = maps / maps.amax((1, 2), keepdim=True).clamp(min=1e-12)
        return F.interpolate(maps[:, None], size=tuple(images.shape[2:]), mode="bilinear", align_corners=False)[:, 0]

    cam.remove = handle.remove
    return cam
