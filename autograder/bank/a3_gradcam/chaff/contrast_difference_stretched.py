# chaff: difference of two heatmaps stretched to [0,1]
# fails: contrast.values
# says: difference-of-heatmaps
# %% solution="contrast"
def contrast_heatmap(model, target_layer, images):
    cam = GradCAM(model, target_layer)
    glaucoma, normal = cam(images, 1), cam(images, 0)
    cam.remove()
    D = glaucoma - normal
    low, high = D.amin((1, 2), keepdim=True), D.amax((1, 2), keepdim=True)
    return (D - low) / (high - low)
