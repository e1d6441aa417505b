# wheat: a categorical keeps empty groups
# %% solution="summary"
def group_summary(table):
    groups = pd.Categorical(table["group"], ["FN", "FP", "TN", "TP"])
    by = table.groupby(groups, observed=False)
    return by.agg(n=("image", "size"), mean_confidence=("confidence", "mean"), mean_disc_lift=("disc_lift", "mean"), spread=("confidence", "std"))
