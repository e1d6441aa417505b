# wheat: traced with a 96×96 input; the innermost right module; grey overlay
# %% solution="target_layer"
def find_target_layer(model):
    order = []

    def hook(module, inputs, output):
        if torch.is_tensor(output) and output.dim() == 4 and min(output.shape[2:]) > 1:
            order.append((module, output))

    handles = [m.register_forward_hook(hook) for m in model.modules()]
    was = model.training
    model.eval()
    with torch.no_grad():
        model(torch.zeros(1, 3, 96, 96))
    model.train(was)
    for handle in handles:
        handle.remove()
    order = [(m, o) for m, o in order if not isinstance(m, (nn.AdaptiveAvgPool2d, nn.Dropout, nn.Flatten))]
    final = order[-1][1].shape
    return [m for m, o in order if o.shape == final][-1]

# %% solution="overlay"
def overlay(image, heatmap, alpha):
    heat = np.asarray(heatmap, dtype=float)
    grey = np.repeat(heat[:, :, np.newaxis] * 255, 3, axis=2)
    out = np.empty_like(image)
    for channel in range(3):
        out[..., channel] = np.rint((1 - alpha) * image[..., channel] + alpha * grey[..., channel])
    return out
