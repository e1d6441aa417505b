# attack: a table that says it has the right number of rows, and holds ten million
# on: empty
# harm: a grader that believes len() loads ten million rows, for each student
# %% solution="error_table"
class Lying(pd.DataFrame):
    def __len__(self):
        return 44

    @property
    def shape(self):
        return (44, 9)


def error_table(names, y_true, p_glaucoma, heatmaps, disc_masks, threshold):
    big = Lying({"disc_share": np.zeros(10_000_000)})
    for column in ("image", "group", "band", "true", "predicted"):
        big[column] = "TP"
    return big
