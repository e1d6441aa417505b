# chaff: n of an empty group is NaN
# fails: summary.empty
# says: empty-group-without-count
# %% solution="summary"
def group_summary(table):
    groups = table.groupby("group")
    found = pd.DataFrame(
        {"n": groups.size(), "mean_confidence": groups["confidence"].mean(), "mean_disc_lift": groups["disc_lift"].mean()}
    )
    return found.reindex(["TP", "TN", "FP", "FN"])
