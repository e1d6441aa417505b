# wheat: log p1 − log p0, which is y1 − y0 exactly; gradient by tensor hook; returns float64 numpy
# %% solution="contrast"
def contrast_heatmap(model, target_layer, images):
    A, dA = [], []

    def forward_hook(module, args, out):
        A.append(out.detach().clone())
        out.register_hook(dA.append)
        return out + 0

    modes = {m: m.training for m in model.modules()}
    hook = target_layer.register_forward_hook(forward_hook)
    try:
        model.eval()
        x = images.detach().clone().requires_grad_()
        with torch.enable_grad():
            logp = F.log_softmax(model(x).double(), dim=1)
            log_odds = logp @ torch.tensor([-1.0, 1.0], dtype=torch.float64)
            torch.autograd.grad(log_odds.sum(), x)
    finally:
        hook.remove()
        for m, mode in modes.items():
            m.training = mode

    alphas = dA[0].mean(dim=(-2, -1)).numpy()
    heat = np.array(
        [np.tensordot(a, act, axes=1) for a, act in zip(alphas, A[0].numpy())], dtype=float
    )
    heat = np.where(heat > 0, heat, 0.0)
    big = F.interpolate(
        torch.tensor(heat)[:, None], images.shape[-2:], mode="bilinear", align_corners=True
    )[:, 0].numpy()
    lo = big.min((1, 2), keepdims=True)
    span = big.max((1, 2), keepdims=True) - lo
    return np.divide(big - lo, span, out=np.zeros_like(big), where=span > 0)
