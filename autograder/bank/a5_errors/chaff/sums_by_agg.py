# chaff: sum instead of mean
# fails: summary.means
# says: sum-for-mean

# %% solution="summary"
def group_summary(table):
    t = table.copy()
    t["group"] = pd.Categorical(t["group"], categories=["TP", "TN", "FP", "FN"])
    return t.groupby("group", observed=False).agg(n=("confidence", "size"), mean_confidence=("confidence", "sum"), mean_disc_lift=("disc_lift", "mean"))
