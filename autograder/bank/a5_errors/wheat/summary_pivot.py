# wheat: pivot_table and reindex
# %% solution="summary"
def group_summary(table):
    means = table.pivot_table(index="group", values=["confidence", "disc_lift"], aggfunc="mean", dropna=False)
    means = means.reindex(columns=["confidence", "disc_lift"]).reindex(["TP", "TN", "FP", "FN"])
    means.columns = ["mean_confidence", "mean_disc_lift"]
    means["n"] = table["group"].value_counts()
    means["n"] = means["n"].fillna(0).astype("Int64")
    return means
