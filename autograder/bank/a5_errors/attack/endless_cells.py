# attack: cells whose float() never ends
# on: empty
# harm: plain nbgrader waits for its whole timeout for each check
# %% solution="error_table"
class Endless:
    def __float__(self):
        while True:
            pass


def error_table(names, y_true, p_glaucoma, heatmaps, disc_masks, threshold):
    return pd.DataFrame({"image": names, "p_glaucoma": [Endless()] * len(names)})
