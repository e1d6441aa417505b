# chaff: two finished heatmaps are subtracted
# fails: contrast.values
# says: difference-of-heatmaps
# %% solution="contrast"
def contrast_heatmap(model, target_layer, images):
    cam = GradCAM(model, target_layer)
    glaucoma, normal = cam(images, 1), cam(images, 0)
    cam.remove()
    return glaucoma - normal
