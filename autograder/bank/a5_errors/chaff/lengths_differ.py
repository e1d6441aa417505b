# chaff: skips an image in one list only
# fails: error_table
# says: lengths-differ
# %% solution="error_table"
def error_table(names, y_true, p_glaucoma, heatmaps, disc_masks, threshold):
    shares = [h[m].sum() / h.sum() for h, m in zip(heatmaps, disc_masks) if h.sum() > 0]
    return pd.DataFrame({"image": names, "p_glaucoma": p_glaucoma, "disc_share": shares})
