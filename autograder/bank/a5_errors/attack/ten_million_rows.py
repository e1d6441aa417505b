# attack: ten million rows of long names
# on: empty
# harm: plain nbgrader prints or compares all of it until the machine swaps
# %% solution="error_table"
def error_table(names, y_true, p_glaucoma, heatmaps, disc_masks, threshold):
    image = pd.Categorical.from_codes(np.zeros(10_000_000, np.int8), ["x" * 100_000])
    return pd.DataFrame({"image": image, "p_glaucoma": np.zeros(10_000_000, np.float16)})
