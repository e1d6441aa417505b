# chaff: difference of two heatmaps, ReLU, scaled again
# fails: contrast.values
# says: difference-of-heatmaps
# %% solution="contrast"
def contrast_heatmap(model, target_layer, images):
    cam = GradCAM(model, target_layer)
    glaucoma, normal = cam(images, 1), cam(images, 0)
    cam.remove()
    D = (glaucoma - normal).clamp(min=0)
    top = D.amax((1, 2), keepdim=True)
    return torch.where(top > 0, D / top, D)
