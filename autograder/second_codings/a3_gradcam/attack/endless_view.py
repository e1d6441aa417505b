# attack: a right contrast-free answer of one number, expanded by stride 0 to a hundred terabytes; overlay is a huge memory-mapped sparse file
# on: solution
# %% solution="contrast"
def contrast_heatmap(model, target_layer, images):
    return torch.zeros(1).expand(len(images), 5_000_000, 5_000_000)


# %% solution="overlay"
def overlay(image, heatmap, alpha):
    return np.broadcast_to(np.uint8(7), (3_000_000, 3_000_000, 3))
