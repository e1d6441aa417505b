# chaff: nothing is written
# fails: error_table
# says: not-written
# %% solution="error_table"
def error_table(names, y_true, p_glaucoma, heatmaps, disc_masks, threshold):
    raise NotImplementedError("this part is yours to write")
