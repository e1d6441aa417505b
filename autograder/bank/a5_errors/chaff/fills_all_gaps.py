# chaff: empty group 0
# fails: summary.empty
# says: zero-for-empty-group

# %% solution="summary"
def group_summary(table):
    t = table.copy()
    t["group"] = pd.Categorical(t["group"], categories=["TP", "TN", "FP", "FN"])
    return t.groupby("group", observed=False).agg(n=("confidence", "size"), mean_confidence=("confidence", "mean"), mean_disc_lift=("disc_lift", "mean")).fillna(0)
