# chaff: an if about all images at once
# fails: error_table
# says: truth-of-array
# %% solution="error_table"
def error_table(names, y_true, p_glaucoma, heatmaps, disc_masks, threshold):
    predicted = "glaucoma" if p_glaucoma >= threshold else "normal"
    return pd.DataFrame({"image": names, "predicted": predicted})
